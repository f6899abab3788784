export interface ResultColumn {
  readonly name: string
  /** The type's OID in pg_type. */
  readonly typeOid: number
}

/** What one statement gave. Values are in Postgres's text form, NULL is null. */
export type Outcome =
  | {
      readonly kind: 'rows'
      readonly columns: readonly ResultColumn[]
      readonly rows: readonly (readonly (string | null)[])[]
      /** The command tag, such as `SELECT 2`. */
      readonly tag: string
    }
  | { readonly kind: 'command'; readonly tag: string }

/** `(1 row)`, `(2 rows)`. */
export const rowCount = (rows: number): string => `(${rows} ${rows === 1 ? 'row' : 'rows'})`

/** Types that psql aligns to the right: int8, int2, int4, oid, xid, cid, float4, float8, money, numeric, xid8. */
const rightAligned = new Set([20, 21, 23, 26, 28, 29, 700, 701, 790, 1700, 5069])

export const isRightAligned = (column: ResultColumn): boolean => rightAligned.has(column.typeOid)
