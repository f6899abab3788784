import { AppError } from '../../errors/app-error.ts'
import type { Context } from '../context.ts'

/**
 * Throws USAGE for the name of a service that the compose files here leave to Docker: an instance of that name would be what other
 * services find under it. Without readable compose files, as with -p in another folder, nothing is known of such.
 */
export async function refuseComposeName(ctx: Context, name: string | undefined): Promise<void> {
  if (name === undefined) return
  const service = await serviceHere(ctx, name)
  if (!service || service.managed) return
  throw new AppError('USAGE', `“${name}” is a service of the compose file, which Docker runs`, {
    hint: `Two of one name would be confused: choose another, such as \`--as ${name}-restored\`.`,
  })
}

async function serviceHere(ctx: Context, name: string) {
  try {
    return (await ctx.project()).services[name]
  } catch (error) {
    const { code } = AppError.from(error)
    if (code !== 'COMPOSE_NOT_FOUND' && code !== 'COMPOSE_INVALID') throw error
    return undefined
  }
}
