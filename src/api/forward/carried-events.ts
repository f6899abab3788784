import { AppError } from '../../errors/app-error.ts'

const END_OF_MESSAGE = '\n\n'

/**
 * A server-sent stream of another host, for a client of ours: whole messages, and an `error` message in the place of a connection
 * that broke, because our own to the client has not.
 */
export function carriedEvents(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let rest = ''
  return new ReadableStream({
    async pull(controller) {
      try {
        for (;;) {
          const { done, value } = await reader.read()
          if (done) return controller.close()
          rest += decoder.decode(value, { stream: true })
          const end = rest.lastIndexOf(END_OF_MESSAGE)
          if (end < 0) continue
          controller.enqueue(encoder.encode(rest.slice(0, end + END_OF_MESSAGE.length)))
          rest = rest.slice(end + END_OF_MESSAGE.length)
          return
        }
      } catch (error) {
        const data = JSON.stringify(AppError.from(error))
        controller.enqueue(encoder.encode(`event: error\ndata: ${data}${END_OF_MESSAGE}`))
        controller.close()
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
