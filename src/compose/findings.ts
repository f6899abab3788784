import type { Location, Note } from '../contract/project.ts'
import { AppError } from '../errors/app-error.ts'

export interface Problem extends Location {
  /** What is wrong, and what to do. */
  readonly message: string
}

/** Gathers everything that is wrong, or worth knowing, while one project is read. */
export class Findings {
  readonly #problems = new Map<string, Problem>()
  readonly #notes = new Map<string, Note>()

  /** Anchors and `extends` reach the same line more than once; a line says the same thing only once. */
  problem(at: Location, message: string): void {
    this.#problems.set(`${at.file}:${at.line}:${at.column}:${message}`, { ...at, message })
  }

  note(at: Location, message: string): void {
    this.#notes.set(`${at.file}:${at.line}:${at.column}:${message}`, { message, at })
  }

  get notes(): Note[] {
    return [...this.#notes.values()]
  }

  /** Throws COMPOSE_INVALID with every problem so far, by file in the order met, then by line. */
  throwIfAny(): void {
    const found = [...this.#problems.values()]
    if (found.length === 0) return
    const files = [...new Set(found.map((problem) => problem.file))]
    const problems = found.sort(
      (a, b) =>
        files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    )
    const lines = problems.map(({ file, line, column, message }) => {
      return `${file}:${line}:${column}: ${message}`
    })
    throw new AppError('COMPOSE_INVALID', lines.join('\n'), { details: { problems } })
  }
}
