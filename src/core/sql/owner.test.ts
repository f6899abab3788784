import { expect, test } from 'vitest'
import { tokenAt } from './lexer.ts'
import * as owner from './owner.ts'
import { identifier, literal } from './quote.ts'

/** Names that try to end their quotes. Each is a lawful name in Postgres. */
const hostile = [
  `a"; drop database shop; --`,
  `a'; drop database shop; --`,
  `a$$; drop database shop; $$`,
  `a$howdah$ $do$ $_$ $1`,
  'a\\"\\\'',
  '\\',
  `""''$$`,
  'Größe; 😀',
  'a\nb',
  '-- a',
  '/* a',
  '%I %s',
]

/** The tokens of a statement that are not blank: word, quoted, and so on. */
function kinds(sql: string): string[] {
  const found: string[] = []
  for (let at = 0; at < sql.length;) {
    const { kind, end } = tokenAt(sql, at)
    // A doubled quote makes two quoted tokens of one; ` E'…'` is one.
    if (kind !== 'blank' && !(kind === 'quoted' && found.at(-1) === 'quoted')) found.push(kind)
    at = end
  }
  return found
}

const statements: [string, (name: string) => string[]][] = [
  ['createOwner', (name) => owner.createOwner(name)],
  ['raiseOwner', (name) => [owner.raiseOwner(name)]],
  ['openOwner', (name) => [owner.openOwner(name, `SCRAM-SHA-256$4096:${name}`)]],
  ['setVerifier', (name) => [owner.setVerifier(name, `SCRAM-SHA-256$4096:${name}`)]],
  ['databaseExists', (name) => [owner.databaseExists(name)]],
  ['createDatabase', (name) => [owner.createDatabase(name, name)]],
  ['ownDatabase', (name) => [owner.ownDatabase(name, name)]],
  ['straySuperusers', (name) => [owner.straySuperusers(name)]],
  ['demote', (name) => [owner.demote(name)]],
]

test.each(statements)('%s has the same form for hostile names as for a plain one', (_, make) => {
  const plain = make('plain').map(kinds)
  for (const name of hostile) expect(make(name).map(kinds), name).toEqual(plain)
})

/** What is inside the one string constant of a `do` statement. */
function bodyOf(sql: string): string {
  const [, escape, quoted] = /^do\s+(E?)'((?:[^']|'')*)'$/.exec(sql) ?? []
  if (quoted === undefined) throw new Error(`not a do statement with a plain string: ${sql}`)
  const text = quoted.replaceAll("''", "'")
  return escape === 'E' ? text.replaceAll('\\\\', '\\') : text
}

test('the block that makes the owner has the same form inside its own quotes, too', () => {
  const inside = (name: string): string[] => kinds(bodyOf(owner.createOwner(name)[0]!))
  for (const name of hostile) {
    expect(inside(name), name).toEqual(inside('plain'))
    expect(bodyOf(owner.createOwner(name)[0]!)).toContain(`create role ${identifier(name)} login`)
  }
})

test('an identifier and a literal are quoted by the server’s rules', () => {
  expect(identifier('a"b')).toBe('"a""b"')
  expect(identifier('A b')).toBe('"A b"')
  expect(literal("it's")).toBe("'it''s'")
  expect(literal("\\'").trim()).toBe("E'\\\\'''")
})

test('the owner may make databases and roles, and is no superuser; while scripts run it is', () => {
  const opened = owner.openOwner('app', 'verifier')
  for (const may of ['login', 'createdb', 'createrole']) expect(opened).toMatch(RegExp(`\\b${may}`))
  for (const not of ['nosuperuser', 'noreplication', 'nobypassrls']) expect(opened).toContain(not)
  expect(owner.raiseOwner('app')).toBe('alter role "app" superuser')
  expect(owner.demote('app')).toBe('alter role "app" nosuperuser')
})
