import { randomBytes } from 'node:crypto'

/** 32 random bytes as base64 without the three characters that URLs and shells read otherwise; about 42 letters. */
export const randomValue = (): string => randomBytes(32).toString('base64').replace(/[+/=]/g, '')
