import { firstColumn } from './first-column.ts'

/** The numbers in the table `notes` of a service, in their order. */
export const notes = (
  lab: Parameters<typeof firstColumn>[0],
  service: string,
): Promise<unknown[]> => firstColumn(lab, service, 'select n from notes order by n')
