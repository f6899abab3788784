// The library's dependency injection needs it before anything else is loaded.
import 'reflect-metadata'

/** The library that writes certificates; loading it takes some 100 ms, so it is loaded where one is issued. */
export const x509 = await import('@peculiar/x509')
