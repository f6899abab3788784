import { DEFAULT_API_PORT, type Listening, ListeningWanted } from '../../contract/listening.ts'
import { AppError } from '../../errors/app-error.ts'
import { command } from '../command.ts'
import type { Context } from '../context.ts'

/** `10.0.0.5`, `10.0.0.5:7432`, `[fd00::5]:7432`, `fd00::5`. */
const PLACE =
  /^(?:\[(?<six>[0-9a-f:]+)\]|(?<four>[0-9.]+)|(?<bare>[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:]*))(?::(?<port>\d{1,5}))?$/i

export const listen = command({
  name: ['listen'],
  summary: 'serve the API to other machines, over HTTPS',
  description: [
    'Without an argument it says where, and how to log in from there. `off` leaves the socket alone, which is how a new home is.',
    'Only callers with a token are answered; see `howdah token create`. 0.0.0.0 means every address of this machine.',
  ].join('\n'),
  args: [
    {
      name: 'address',
      kind: 'optional',
      summary: `ADDRESS[:PORT] of this machine, or off; the port is ${DEFAULT_API_PORT}`,
    },
  ],
  flags: {
    name: {
      type: 'list',
      value: 'NAME',
      summary: 'Another name that clients call this machine; may be repeated',
    },
  },
  examples: [
    'howdah listen',
    'howdah listen 10.0.0.5',
    'howdah listen 0.0.0.0:7432 --name db.example',
    'howdah listen off',
  ],
  scope: 'none',
  async run(ctx, { args, flags }) {
    const { api } = await ctx.daemon()
    if (args.address === 'off') {
      const { stopped } = await api.stopListening({})
      if (ctx.json) ctx.terminal.json({ stopped })
      else
        ctx.terminal.print(
          stopped ? 'The API is served on the socket alone' : 'It was not served to others',
        )
      return
    }
    const listening =
      args.address === undefined
        ? (await api.getListening({})).listening
        : await api.listen({ ...placeOf(args.address), names: [...flags.name] })
    if (ctx.json) ctx.terminal.json({ listening: listening ?? null })
    else if (listening) show(ctx, listening)
    else
      ctx.terminal.print(
        'The API is served on the socket alone; `howdah listen ADDRESS` serves it to others',
      )
  },
})

const Place = ListeningWanted.pick({ address: true, port: true })

const notAPlace = (text: string): AppError =>
  new AppError(
    'USAGE',
    `“${text}” is no address of this machine with a port up to 65535, such as 10.0.0.5 or [fd00::5]:7432`,
  )

function placeOf(text: string): Pick<Listening, 'address' | 'port'> {
  const { six, four, bare, port } = PLACE.exec(text)?.groups ?? {}
  const address = six ?? four ?? bare
  if (address === undefined) {
    throw notAPlace(text)
  }
  const place = { address, port: port === undefined ? DEFAULT_API_PORT : Number(port) }
  if (Place.safeParse(place).success) return place
  throw notAPlace(text)
}

function show(ctx: Context, { address, port, names, fingerprint, problem }: Listening): void {
  const host = names[0] ?? (address.includes(':') ? `[${address}]` : address)
  if (problem) ctx.terminal.note(`It is not served: ${problem}`)
  ctx.terminal.print(`The API is served on ${address} port ${port}. From elsewhere:`)
  ctx.terminal.print(`  howdah login https://${host}:${port} --fingerprint sha256:${fingerprint}`)
}
