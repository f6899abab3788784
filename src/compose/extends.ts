import { openFile, shown, withKey, withoutKey, type Scope } from './files.ts'
import { mergeServices } from './merge.ts'
import { folderOf, resolvePath } from './path.ts'
import { didYouMean } from './suggest.ts'
import { child, mappingOf, type Entry, type Mapping } from './tree.ts'

interface Opened {
  readonly path: string
  readonly tree: Mapping
  readonly scope: Scope
}

/** Puts every service of one file on the service that it `extends`, in the same file or another, as deep as it goes. */
export function applyExtends(tree: Mapping, path: string, scope: Scope): Mapping {
  const services = tree.entries.get('services')
  if (services?.value.kind !== 'mapping') return tree
  const extending = new Extending()
  const entries = new Map<string, Entry>()
  for (const [name, entry] of services.value.entries) {
    const value =
      entry.value.kind === 'mapping'
        ? extending.complete(entry.value, { path, tree, scope }, [`${shown(path, scope)}: ${name}`])
        : entry.value
    entries.set(name, { at: entry.at, value })
  }
  const value = mappingOf(entries, services.value.at, services.value)
  return withKey(tree, 'services', { at: services.at, value })
}

class Extending {
  readonly #opened = new Map<string, Opened | undefined>()
  /** Every service of a circle leads to it; it is one problem. */
  readonly #circles = new Set<string>()

  /** `chain` holds `file: service` for every service on the way here. */
  complete(service: Mapping, from: Opened, chain: readonly string[]): Mapping {
    const how = child(service, 'extends')
    if (!how) return service
    const own = withoutKey(service, 'extends')
    const base = this.#base(how, from, chain)
    return base ? mergeServices(base, own, from.scope.findings) : { ...own, incomplete: true }
  }

  #base(how: NonNullable<ReturnType<typeof child>>, from: Opened, chain: readonly string[]) {
    const { findings } = from.scope
    const named = child(how, 'service')
    if (named?.kind !== 'scalar') {
      findings.problem(how.at, '`extends` must name a service: `extends: {service: NAME}`.')
      return undefined
    }
    const file = child(how, 'file')
    const opened = file?.kind === 'scalar' ? this.#open(file, from) : from
    if (!opened) return undefined
    const services = child(opened.tree, 'services')
    const base = child(services, named.text)
    const where = shown(opened.path, opened.scope)
    if (base?.kind !== 'mapping') {
      const names = services?.kind === 'mapping' ? services.entries.keys() : []
      const hint = didYouMean(named.text, names) || ' Name one of its services.'
      findings.problem(named.at, `${where} has no service "${named.text}" to extend.${hint}`)
      return undefined
    }
    const step = `${where}: ${named.text}`
    if (chain.includes(step)) {
      const circle = chain.slice(chain.indexOf(step))
      const members = circle.toSorted().join('\n')
      if (!this.#circles.has(members)) {
        const way = [...circle, step].join(' -> ')
        findings.problem(named.at, `services extend each other in a circle (${way}); break it.`)
      }
      this.#circles.add(members)
      return undefined
    }
    return this.complete(base, opened, [...chain, step])
  }

  #open(file: { text: string; base: string; at: Mapping['at'] }, from: Opened): Opened | undefined {
    const path = resolvePath(file.base, file.text)
    if (path === from.path) return from
    if (this.#opened.has(path)) return this.#opened.get(path)
    const text = from.scope.readFile(path)
    const scope = { ...from.scope, base: folderOf(path) }
    const tree = text === undefined ? undefined : openFile({ path, text }, scope)
    if (text === undefined) {
      scope.findings.problem(file.at, `there is no file ${shown(path, scope)}; correct the path.`)
    }
    const opened = tree && { path, tree, scope }
    this.#opened.set(path, opened)
    return opened
  }
}
