import { provideReflectMetadata } from './reflect-metadata.ts'

provideReflectMetadata()

/** The library that writes certificates, loaded after what it needs is in place. */
export const x509 = await import('@peculiar/x509')
