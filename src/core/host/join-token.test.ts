import { expect, test } from 'vitest'
import { encodeJoinToken, type JoinToken, parseJoinToken } from './join-token.ts'

const token: JoinToken = {
  addresses: ['10.0.0.5', 'fd00::6'],
  ports: { api: 7432, etcdClient: 7433, etcdPeer: 7434, etcdMetrics: 7435 },
  fingerprint: 'ab'.repeat(32),
  secret: `hwd_0a1b2c_${'x'.repeat(43)}`,
}

const refusal = (text: string): string => {
  try {
    parseJoinToken(text)
    return 'taken'
  } catch (error) {
    return (error as Error).message
  }
}

test('a token is one word that says again what it was made of, with the blanks of copying around it', () => {
  const text = encodeJoinToken(token)
  expect(text).toMatch(/^hwj_[0-9a-f]{8}_[A-Za-z0-9_-]+$/)
  expect(parseJoinToken(`  ${text}\n`)).toEqual(token)
})

test('a token that was cut anywhere, or has another letter, is refused', () => {
  const text = encodeJoinToken(token)
  for (let length = 'hwj_'.length; length < text.length; length++) {
    expect(refusal(text.slice(0, length))).toContain('cut short')
  }
  expect(refusal(text.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).toContain('cut short')
})

test('what is another kind of token is told so, and no error shows what was given', () => {
  expect(refusal(token.secret)).toContain('for logging in')
  expect(refusal('shop')).toContain('begins with hwj_')
  expect(refusal(token.secret)).not.toContain('xxx')
})
