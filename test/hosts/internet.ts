/**
 * The lab's way out: an HTTP proxy that listens on the switch's address inside the lab and connects from this machine. With
 * it nothing of this machine's own network is changed, and a host that is cut off has no way out either.
 *
 * usage: node internet.ts LAB-FOLDER NETWORK-NAMESPACE-FILE ADDRESS PORT
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http'
import { type Server, type Socket, connect } from 'node:net'

const [, , , namespace = '', address = '', port = ''] = process.argv
const HTTP_PORT = 80
/** A machine that needs a proxy itself has it here; what we are asked is then passed on as it came. */
const upstream = process.env['http_proxy'] ?? process.env['HTTP_PROXY'] ?? ''

const server = createServer(forward)
server.on('connect', tunnel)
const listener = await listenIn(namespace)
if (upstream === '') listener.on('connection', (socket) => server.emit('connection', socket))
else listener.on('connection', (socket) => join(socket, dial(new URL(upstream))))
process.stdout.write('listening\n')

/** A child that runs in the namespace listens there and hands us the socket, which keeps its place. */
async function listenIn(file: string): Promise<Server> {
  const script = new URL('listen-and-hand-over.ts', import.meta.url).pathname
  const child = spawn('nsenter', [`--net=${file}`, process.execPath, script, address, port], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [, handle] = (await once(child, 'message')) as [unknown, Server]
  child.disconnect()
  return handle
}

function forward(incoming: IncomingMessage, answer: ServerResponse): void {
  const target = URL.canParse(incoming.url ?? '') ? new URL(incoming.url ?? '') : undefined
  if (target?.protocol !== 'http:') {
    answer.writeHead(400).end('this is a proxy: it wants a whole http:// address\n')
    return
  }
  const { method, headers } = incoming
  const outgoing = request(target, { method, headers: { ...headers, connection: 'close' } })
  outgoing.on('response', (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers)
    response.pipe(answer)
  })
  outgoing.on('error', (error) => {
    if (answer.headersSent) answer.destroy(error)
    else answer.writeHead(502).end(`${error.message}\n`)
  })
  incoming.pipe(outgoing)
}

function tunnel(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
  const target = URL.canParse(`tcp://${incoming.url}`)
    ? new URL(`tcp://${incoming.url}`)
    : undefined
  if (!target) {
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
    return
  }
  const outward = dial(target)
  outward.once('connect', () => {
    socket.write('HTTP/1.1 200 Connected\r\n\r\n')
    outward.write(head)
  })
  join(socket, outward)
}

const dial = ({ hostname, port }: URL): Socket =>
  connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || HTTP_PORT })

/** What one end says the other hears; when one breaks, so does the other. */
function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to)
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
  }
}
