/** ` of shop/database`, ` of shop`, or nothing for every project: what a list that is empty was asked for. */
export function ofWhat(project: string | undefined, service: string | undefined): string {
  const names = [project, service].filter((name) => name !== undefined)
  return names.length === 0 ? '' : ` of ${names.join('/')}`
}
