import type { OperationDocument } from '../../contract/documents/operation.ts'
import type { Operation } from '../../contract/operation.ts'

/** An operation without its input and its steps' outputs, which are the procedure's own. */
export function operationView(o: OperationDocument): Operation {
  const { format: _format, input: _input, steps, ...rest } = o
  return {
    ...rest,
    steps: steps.map(({ output: _output, deadlineAt: _deadlineAt, ...step }) => step),
  }
}
