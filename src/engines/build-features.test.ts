import { expect, test } from 'vitest'
import { featuresOfConfigure, featuresOfLibraries, featuresOfModules } from './build-features.ts'

test('features are read off the options of configure, old and new spelling alike', () => {
  const debian = `'--build=x86_64-linux-gnu' '--with-openssl' '--with-libxml' '--with-icu' '--with-lz4' '--with-zstd' 'CFLAGS=-g -O2'`
  expect(featuresOfConfigure(debian, 15)).toEqual(['icu', 'libxml', 'lz4', 'openssl', 'zstd'])
  expect(featuresOfConfigure(`'--with-ssl=openssl'`, 15)).toEqual(['openssl'])
  expect(featuresOfConfigure(`'--with-extra-version= (--with-icu)'`, 15)).toEqual([])
})

test('ICU needs no option since 16, and can be refused', () => {
  expect(featuresOfConfigure('', 15)).toEqual([])
  expect(featuresOfConfigure('', 16)).toEqual(['icu'])
  expect(featuresOfConfigure(`'--with-icu'`, 17)).toEqual(['icu'])
  expect(featuresOfConfigure(`'--without-icu'`, 17)).toEqual([])
})

test('without pg_config the libraries that come along tell', () => {
  const linux = ['libssl.so.1.1', 'libicui18n.so', 'libicui18n.so.60', 'libxml2.so.2', 'libpq.so.5']
  expect(featuresOfLibraries(linux)).toEqual(['icu', 'libxml', 'openssl'])
  expect(featuresOfLibraries(['libssl.1.1.dylib', 'libzstd.1.dylib'])).toEqual(['openssl', 'zstd'])
})

test('a library that a server can load for archiving is a feature', () => {
  expect(featuresOfModules(['plpgsql', 'basic_archive', 'pgxs'])).toEqual(['basic_archive'])
  expect(featuresOfModules(['plpgsql'])).toEqual([])
})
