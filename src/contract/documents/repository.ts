import { z } from 'zod'
import { Repository } from '../repository.ts'

/** A place for backups that the home knows. */
export const RepositoryDocument = Repository.extend({ format: z.literal(1) })
export type RepositoryDocument = z.output<typeof RepositoryDocument>
