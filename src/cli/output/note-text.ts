import type { Location, Note } from '../../contract/project.ts'

/** `compose.yaml:12:5`, the form that editors and terminals make clickable. */
export const place = ({ file, line, column }: Location): string => `${file}:${line}:${column}`

export const noteText = ({ at, message }: Note): string =>
  at ? `${place(at)}: ${message}` : message
