import { z } from 'zod'
import { endpoint, stream } from '../endpoint.ts'
import { OperationId } from '../names.ts'
import { Event, Operation } from '../operation.ts'

export const operationApi = {
  listOperations: endpoint({
    method: 'GET',
    path: '/v1/operations',
    summary: 'The newest operations first',
    needs: 'viewer',
    within: 'entries',
    input: z.object({ limit: z.coerce.number<number>().int().min(1).max(1000).default(50) }),
    reply: z.array(Operation),
  }),
  getOperation: endpoint({
    method: 'GET',
    path: '/v1/operations/{id}',
    summary: 'Show an operation with its steps',
    needs: 'viewer',
    within: 'operation',
    input: z.object({ id: OperationId }),
    reply: Operation,
  }),
  cancelOperation: endpoint({
    method: 'POST',
    path: '/v1/operations/{id}/cancel',
    summary: 'Ask an operation to end at its next safe point',
    needs: 'developer',
    within: 'operation',
    input: z.object({ id: OperationId }),
    reply: Operation,
  }),
  listEvents: endpoint({
    method: 'GET',
    path: '/v1/events',
    summary: 'What happened, the newest last',
    needs: 'viewer',
    within: 'entries',
    input: z.object({ limit: z.coerce.number<number>().int().min(1).max(10000).default(100) }),
    reply: z.array(Event),
  }),
}

export const operationStreams = {
  watchOperation: stream({
    path: '/v1/operations/{id}/watch',
    summary: 'The operation now and after each change, until it has ended',
    needs: 'viewer',
    within: 'operation',
    input: z.object({ id: OperationId }),
    event: Operation,
  }),
  watchEvents: stream({
    path: '/v1/events/watch',
    summary: 'Events from now on',
    needs: 'viewer',
    within: 'entries',
    input: z.object({}),
    event: Event,
  }),
}
