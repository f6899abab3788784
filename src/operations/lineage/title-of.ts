/** What a person calls a lineage in the title of an operation; its id in an operation that does not know whose it is. */
export const lineageTitle = ({
  lineage,
  of,
}: {
  readonly lineage: string
  readonly of?: string | undefined
}): string => of ?? `the lineage ${lineage}`

/** For an operation's input: whose history it is, `shop/db`, as it is called when the operation begins. */
export const ofLineage = ({
  project,
  service,
}: {
  readonly project: string
  readonly service: string
}): { of: string } => ({ of: `${project}/${service}` })
