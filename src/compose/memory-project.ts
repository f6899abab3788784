import type { ProjectSpec } from '../contract/project.ts'
import { resolvePath } from './path.ts'
import { readProject, type ReadInput } from './read.ts'

export interface MemoryProject {
  /** Texts by path; relative ones are in `/project`. */
  readonly files: Readonly<Record<string, string>>
  /** The compose files to read; `compose.yaml` when absent. */
  readonly compose?: readonly string[]
  readonly envFiles?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly profiles?: readonly string[]
  readonly projectName?: string
}

/** Reads a project that is held in memory, in the folder `/project`: what tests and examples need no disk for. */
export function readMemoryProject(project: MemoryProject): ProjectSpec {
  const texts = new Map(
    Object.entries(project.files).map(([path, text]) => [resolvePath('/project', path), text]),
  )
  const chosen = (paths: readonly string[]): ReadInput['files'] =>
    paths.map((name) => {
      const path = resolvePath('/project', name)
      return { path, text: texts.get(path) ?? '' }
    })
  return readProject({
    files: chosen(project.compose ?? ['compose.yaml']),
    envFiles: chosen(project.envFiles ?? []),
    directory: '/project',
    environment: project.environment ?? {},
    profiles: project.profiles ?? [],
    ...(project.projectName === undefined ? {} : { projectName: project.projectName }),
    readFile: (path) => texts.get(path),
    listDirectory: (folder) => {
      const below = `${folder === '/' ? '' : folder}/`
      const inside = [...texts.keys()].filter((path) => path.startsWith(below))
      if (inside.length === 0) return undefined
      return [...new Set(inside.map((path) => path.slice(below.length).split('/')[0]!))]
    },
  })
}
