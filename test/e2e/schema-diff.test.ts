import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MemberDocument } from '../../src/contract/documents/member.ts'
import {
  type SchemaChange,
  schemaDiff,
  type SchemaObject,
} from '../../src/core/schema/schema-diff.ts'
import { schemaQueries } from '../../src/core/schema/schema-queries.ts'
import { SUPERUSER } from '../../src/core/config/hba.ts'
import { openSession } from '../../src/drivers/local/session.ts'
import { type AgentRig, openAgentRig } from '../support/agent-rig.ts'

const everything = `
  create role reader;
  create schema app;
  create type app.mood as enum ('calm', 'busy');
  create domain app.code as text check (value ~ '^[a-z]+$');
  create sequence app.tickets increment by 5;
  create table app.people (
    id bigint generated always as identity primary key,
    name text not null collate "C",
    mood app.mood default 'calm',
    twice int generated always as (2) stored
  );
  create table app.notes (
    who bigint references app.people on delete cascade,
    body text check (body <> ''),
    day date
  ) partition by range (day);
  create table app.notes_2026 partition of app.notes for values from ('2026-01-01') to ('2027-01-01');
  create index people_name on app.people (lower(name));
  create view app.calm as select id, name from app.people where mood = 'calm';
  create function app.greet(who text) returns text language sql as $$ select 'hello ' || who $$;
  create function app.touch() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger touched before update on app.people for each row execute function app.touch();
  alter table app.people enable row level security;
  create policy own on app.people for select using (name = current_user);
  grant select on app.people to reader;
  grant update (name) on app.people to reader;`

let rig: AgentRig
let member: MemberDocument
let databases = 0
let made: SchemaObject[]
beforeAll(async () => {
  rig = await openAgentRig()
  member = await rig.want(rig.member('schemas').doc)
  await rig.untilState(member, 'ready')
  made = await schemaAfter(everything)
})
afterAll(() => rig[Symbol.asyncDispose]())

async function schemaAfter(...scripts: string[]): Promise<SchemaObject[]> {
  const database = `d${++databases}`
  await rig.query(member, `create database ${database}`)
  const session = await openSession(member, { database, role: SUPERUSER })
  try {
    for (const script of scripts) {
      await session.query(script.replace('create role reader;', databases === 1 ? '$&' : ''))
    }
    await session.query(`set search_path = ''`)
    const found: SchemaObject[] = []
    for (const query of schemaQueries) found.push(...(await session.query<SchemaObject>(query)))
    return found
  } finally {
    await session.close()
  }
}

const told = (changes: readonly SchemaChange[]): string[] =>
  changes.map(({ change, kind, name }) => `${change} ${kind} ${name}`)

test('two schemas that were made alike do not differ, and every kind of object is seen', async () => {
  const second = await schemaAfter(everything)
  expect(schemaDiff(made, second)).toEqual([])
  const kinds =
    'column constraint function grant index policy schema sequence table trigger type view'
  expect([...new Set(second.map((o) => o.kind))].toSorted().join(' ')).toBe(kinds)
})

test.each([
  ['alter table app.people alter mood set not null', ['changed column app.people.mood']],
  ['alter table app.people add age int', ['added column app.people.age']],
  ['drop index app.people_name', ['removed index app.people_name']],
  [
    'alter table app.notes drop constraint notes_body_check',
    [
      'removed constraint app.notes.notes_body_check',
      'removed constraint app.notes_2026.notes_body_check',
    ],
  ],
  [
    `create or replace view app.calm as select id, name from app.people where mood = 'busy'`,
    ['changed view app.calm'],
  ],
  [
    `create or replace function app.greet(who text) returns text language sql as $$ select who $$`,
    ['changed function app.greet(who text)'],
  ],
  [`alter type app.mood add value 'late'`, ['changed type app.mood']],
  ['alter sequence app.tickets increment by 7', ['changed sequence app.tickets']],
  ['alter policy own on app.people using (true)', ['changed policy app.people.own']],
  ['alter table app.people disable trigger touched', ['changed trigger app.people.touched']],
  ['alter table app.people disable row level security', ['changed table app.people']],
  ['grant insert on app.people to reader', ['changed grant app.people to reader']],
  [
    'revoke execute on function app.greet(text) from public',
    ['removed grant app.greet(who text) to public'],
  ],
])('“%s” is the one difference', async (sql, changes) => {
  expect(told(schemaDiff(made, await schemaAfter(everything, sql)))).toEqual(changes)
})

test('a new table is one difference with all its parts in it', async () => {
  const after = await schemaAfter(everything, 'create table app.fresh (n int primary key, x text)')
  const [added, ...others] = schemaDiff(made, after)
  expect(others).toEqual([])
  expect(added).toMatchObject({ change: 'added', kind: 'table', name: 'app.fresh' })
  expect(added?.after?.split('\n')).toEqual([
    'owner howdah_admin',
    'column n: integer not null',
    'column x: text',
    'constraint fresh_pkey: PRIMARY KEY (n)',
  ])
})
