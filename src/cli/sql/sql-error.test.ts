import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import type { AppError } from '../../errors/app-error.ts'
import { sqlError } from './sql-error.ts'

function refused(position: number | undefined, more: Partial<DatabaseError> = {}): DatabaseError {
  const error = new DatabaseError('column "é" does not exist', 100, 'error')
  return Object.assign(error, {
    severity: 'ERROR',
    code: '42703',
    position: position === undefined ? undefined : String(position),
    ...more,
  })
}

test('the place is counted in characters, from the statement’s own line in the file', () => {
  const sql = "select '😀',\n\té\nfrom t"
  const position = Array.from(sql.slice(0, sql.indexOf('é'))).length + 1
  const error = sqlError(refused(position), { file: 'init.sql', sql, line: 10 }) as AppError
  expect(error.code).toBe('SQL_FAILED')
  expect(error.message).toBe('init.sql:11: ERROR: column "é" does not exist')
  expect(error.details).toMatchObject({ file: 'init.sql', line: 11, sqlState: '42703' })
  expect(error.details?.['output']).toBe('LINE 11:  é\n          ^\nSQLSTATE:  42703')
})

test('detail, context and the server’s hint come along', () => {
  const more = { detail: 'Key (a)=(1) exists.', where: 'COPY t, line 2', hint: 'Try another.' }
  const error = sqlError(refused(undefined, more), { sql: 'x', line: 1 }) as AppError
  expect(error.message).toBe('ERROR: column "é" does not exist')
  expect(error.hint).toBe('Try another.')
  expect(error.details?.['output']).toContain(
    'DETAIL:  Key (a)=(1) exists.\nCONTEXT:  COPY t, line 2',
  )
})

test('what is not the server’s word stays what it is', () => {
  const broken = new Error('read ECONNRESET')
  expect(sqlError(broken, { sql: 'x', line: 1 })).toBe(broken)
})
