import { expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { forever, openRig, procedureOf } from './rig.suite.ts'

test('what a step returned is kept, and the next worker goes on after it', async () => {
  const rig = await openRig()
  const ran: string[] = []
  let hangs = true
  const procedure = procedureOf(async ({ step }) => {
    const first = await step('first', async () => {
      ran.push('first')
      return { port: 5432 }
    })
    await step('second', async ({ signal, attempt }) => {
      ran.push(`second, attempt ${attempt}`)
      if (hangs) await forever(signal)
    })
    return { first }
  })
  const { id } = await rig.enqueue(procedure)
  const worker = rig.startWorker([procedure])
  await rig.until(id, (o) => o.steps[1]?.state === 'running')
  await worker.end()
  const left = await rig.docs.operations.get(id)
  expect(left?.value).toMatchObject({ state: 'running', steps: [{ state: 'done' }, {}] })
  hangs = false
  rig.startWorker([procedure])
  expect(await rig.ended(id)).toMatchObject({ state: 'done', output: { first: { port: 5432 } } })
  expect(ran).toEqual(['first', 'second, attempt 1', 'second, attempt 2'])
})

test('a step that failed for good throws the same error to the worker that resumes', async () => {
  const rig = await openRig()
  const caught: unknown[] = []
  let hangs = true
  let failures = 0
  const procedure = procedureOf(async ({ step }) => {
    try {
      await step('breaks', async () => {
        failures++
        throw new AppError('PORT_IN_USE', 'nginx has it', { details: { port: 80 }, hint: 'Ask.' })
      })
    } catch (error) {
      caught.push((error as AppError).toJSON())
      await step('undo', ({ signal }) => (hangs ? forever(signal) : Promise.resolve()))
      throw error
    }
  })
  const { id } = await rig.enqueue(procedure)
  const worker = rig.startWorker([procedure])
  await rig.until(id, (o) => o.steps[1]?.state === 'running')
  await worker.end()
  hangs = false
  rig.startWorker([procedure])
  const body = {
    code: 'PORT_IN_USE',
    message: 'nginx has it',
    details: { port: 80 },
    hint: 'Ask.',
  }
  expect(await rig.ended(id)).toMatchObject({ state: 'failed', error: body })
  expect(caught).toEqual([body, body])
  expect(failures).toBe(1)
})

test('an error of retry class “step” is tried again, others are not', async () => {
  const rig = await openRig()
  const attempts: number[] = []
  const procedure = procedureOf(async ({ step }) => {
    await step('gives way twice', async ({ attempt }) => {
      attempts.push(attempt)
      if (attempt < 3) throw new AppError('STORE_CONFLICT', 'try again')
    })
    await step(
      'never succeeds',
      async ({ attempt }) => {
        attempts.push(attempt)
        throw new AppError('STORE_CONFLICT', 'still in the way')
      },
      { attempts: 2 },
    )
  })
  rig.startWorker([procedure])
  const { id } = await rig.enqueue(procedure)
  const operation = await rig.ended(id)
  expect(operation).toMatchObject({ state: 'failed', error: { code: 'STORE_CONFLICT' } })
  expect(attempts).toEqual([1, 2, 3, 1, 2])
})

test('a deadline counts from the first beginning, over the time in which no worker ran', async () => {
  const rig = await openRig()
  const procedure = procedureOf(async ({ step }) => {
    await step('waits', ({ signal }) => forever(signal), { deadlineMs: 3_600_000 })
  })
  const { id } = await rig.enqueue(procedure)
  const worker = rig.startWorker([procedure])
  await rig.until(id, (o) => o.steps[0]?.deadlineAt !== undefined)
  await worker.end()
  const { operations } = rig.docs
  const left = (await operations.get(id))!.value
  const deadlineAt = '2020-01-01T00:00:00.000Z'
  const steps = left.steps.map((s) => ({ ...s, deadlineAt }))
  await rig.store.write([operations.put([id], { ...left, steps })])
  rig.startWorker([procedure])
  expect(await rig.ended(id)).toMatchObject({
    state: 'failed',
    error: { code: 'DEADLINE_EXCEEDED', message: '“waits” did not end in time' },
  })
})

test('an error of a body that its deadline has ended is DEADLINE_EXCEEDED', async () => {
  const rig = await openRig()
  const caught: unknown[] = []
  const procedure = procedureOf(async ({ step }) => {
    const body = async ({ signal }: { signal: AbortSignal }): Promise<never> =>
      forever(signal).catch((cause: unknown) => {
        throw new AppError('SERVER_START_FAILED', 'it was not ready yet', { cause })
      })
    await step('starts', body, { deadlineMs: 1 }).catch((error: unknown) => caught.push(error))
    throw caught[0]
  })
  rig.startWorker([procedure])
  const { id } = await rig.enqueue(procedure)
  expect((await rig.ended(id)).error?.code).toBe('DEADLINE_EXCEEDED')
  expect((caught[0] as AppError).cause).toMatchObject({ code: 'SERVER_START_FAILED' })
})

test('a body that does not heed its signal is left behind soon after its deadline', async () => {
  const rig = await openRig()
  const late = Promise.withResolvers<never>()
  const procedure = procedureOf(({ step }) => step('deaf', () => late.promise, { deadlineMs: 1 }))
  const worker = rig.startWorker([procedure])
  const { id } = await rig.enqueue(procedure)
  expect((await rig.ended(id)).error?.code).toBe('DEADLINE_EXCEEDED')
  // Vitest fails on an unhandled rejection.
  late.reject(new Error('too late'))
  await worker.end()
})

test('a cancel ends the operation before its next step, and only steps that say so still run', async () => {
  const rig = await openRig()
  const ran: string[] = []
  const procedure = procedureOf(async ({ step, id }) => {
    try {
      await step('under way', async () => {
        await rig.cancel(id)
        ran.push('under way')
      })
      await step('never', async () => ran.push('never'))
    } catch (error) {
      await step('undo', async () => ran.push('undo'), { evenIfCancelled: true })
      throw error
    }
  })
  rig.startWorker([procedure])
  const { id } = await rig.enqueue(procedure)
  const operation = await rig.ended(id)
  expect(operation).toMatchObject({ state: 'cancelled', error: { code: 'OPERATION_CANCELLED' } })
  expect(ran).toEqual(['under way', 'undo'])
  expect(operation.steps.map((s) => [s.name, s.state])).toEqual([
    ['under way', 'done'],
    ['undo', 'done'],
  ])
})

test('a cancel ends a long step that says so, and what undoes it still runs', async () => {
  const rig = await openRig()
  const ran: string[] = []
  const procedure = procedureOf(async ({ step, id, signal }) => {
    try {
      await step(
        'copies',
        async (s) => {
          await rig.cancel(id)
          await forever(s.signal).catch((cause: unknown) => {
            throw new AppError('BACKUP_FAILED', 'it was cut off', { cause })
          })
        },
        { deadlineMs: 3_600_000, endsOnCancel: true },
      )
    } catch (error) {
      if (signal.aborted) throw error
      await step('undo', async () => ran.push('undo'), { evenIfCancelled: true })
      throw error
    }
  })
  rig.startWorker([procedure])
  const { id } = await rig.enqueue(procedure)
  const operation = await rig.ended(id)
  expect(operation).toMatchObject({
    state: 'cancelled',
    error: { code: 'OPERATION_CANCELLED', message: 'cancelled in “copies”' },
  })
  expect(ran).toEqual(['undo'])
  expect(operation.steps.map((s) => s.state)).toEqual(['failed', 'done'])
})

test('parallel steps keep both results, also when their words and a cancel come between', async () => {
  const rig = await openRig()
  const procedure = procedureOf(async ({ step, id }) => {
    const steps = Array.from({ length: 8 }, (_, n) =>
      step(`step ${n}`, async ({ report }) => {
        report(`half of ${n}`)
        if (n === 3) await rig.cancel(id)
        return n
      }),
    )
    return Promise.all(steps)
  })
  const { id } = await rig.enqueue(procedure)
  rig.startWorker([procedure])
  const operation = await rig.ended(id)
  expect(operation.output).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(operation.steps.map((s) => s.state)).toEqual(Array(8).fill('done'))
  expect(operation.cancelRequested).toBe(true)
})

test('the newest word of progress stays in the document', async () => {
  const rig = await openRig()
  const procedure = procedureOf(async ({ step, id }) => {
    await step('copies', async ({ report, signal }) => {
      report('12 of 40 MiB')
      const told = rig.until(id, (o) => o.steps[0]?.progress === '12 of 40 MiB')
      await Promise.race([told, forever(signal)])
    })
  })
  const { id } = await rig.enqueue(procedure)
  rig.startWorker([procedure])
  expect((await rig.ended(id)).steps[0]).toMatchObject({ state: 'done', progress: '12 of 40 MiB' })
})

test('boundaries are told before a step that runs and after it has succeeded, and not for a kept one', async () => {
  const rig = await openRig()
  const told: string[] = []
  let hangs = true
  const procedure = procedureOf(async ({ step }) => {
    await step('one', async () => {})
    await step('two', ({ signal }) => (hangs ? forever(signal) : Promise.resolve()))
  })
  const onBoundary = (moment: string, kind: string, step: string): void => {
    told.push(`${moment} ${kind} ${step}`)
  }
  const { id } = await rig.enqueue(procedure)
  const worker = rig.startWorker([procedure], { onBoundary })
  await rig.until(id, (o) => o.steps[1]?.state === 'running')
  await worker.end()
  hangs = false
  rig.startWorker([procedure], { onBoundary })
  await rig.ended(id)
  expect(told).toEqual([
    'before test one',
    'after test one',
    'before test two',
    'before test two',
    'after test two',
  ])
})
