import { expect, test } from 'vitest'
import { readPlainScalar } from './plain-scalar.ts'

test.each([
  ['5432', 'number', '5432'],
  ['-1', 'number', '-1'],
  ['0', 'number', '0'],
  ['0x10', 'number', '16'],
  ['0o17', 'number', '15'],
  ['0123', 'number', '83'],
  ['0b11', 'number', '3'],
  ['08', 'number', '8'],
  ['1_000', 'number', '1000'],
  ['12345678901234567890', 'number', '12345678901234567890'],
  ['1.10', 'number', '1.1'],
  ['1.0', 'number', '1'],
  ['1e3', 'number', '1000'],
  ['.5', 'number', '0.5'],
  ['123456.5', 'number', '123456.5'],
  ['12345678.0', 'number', '1.2345678e+07'],
  ['0.0001', 'number', '0.0001'],
  ['0.00001', 'number', '1e-05'],
  ['1e21', 'number', '1e+21'],
  ['16.4.1', 'string', '16.4.1'],
  ['true', 'boolean', 'true'],
  ['True', 'boolean', 'true'],
  ['FALSE', 'boolean', 'false'],
  ['yes', 'string', 'yes'],
  ['on', 'string', 'on'],
  ['~', 'null', ''],
  ['null', 'null', ''],
  ['', 'null', ''],
  ['nullable', 'string', 'nullable'],
  ['512M', 'string', '512M'],
])('%s is a %s, %j', (source, type, text) => {
  expect(readPlainScalar(source)).toEqual({ type, text })
})
