export interface ImportLine {
  readonly line: number
  readonly specifier: string
  readonly isDynamic: boolean
}

const STATIC =
  /^[ \t]*(?:import|export)\b[^'"`;()]*?\bfrom\s*['"]([^'"]+)['"]|^[ \t]*import\s*['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*(?:['"]([^'"]+)['"]\s*\)|([^)\n]*))/g
const REQUIRE = /\brequire\(\s*['"]([^'"]+)['"]\s*\)/g

/**
 * Every import of a TypeScript file: static, `export … from`, type-only, `import()` and `require()`. A computed `import()`
 * has its expression in `<>` as specifier, which no rule allows. Comments do not count.
 */
export function importsOf(text: string): ImportLine[] {
  const code = text.replace(/^[ \t]*(?:\/\/|\/?\*).*$/gm, '')
  return [
    ...matches(code, STATIC, false),
    ...matches(code, DYNAMIC, true),
    ...matches(code, REQUIRE, false),
  ].toSorted((a, b) => a.line - b.line)
}

function matches(code: string, pattern: RegExp, isDynamic: boolean): ImportLine[] {
  return [...code.matchAll(pattern)].map((match) => ({
    line: code.slice(0, match.index).split('\n').length,
    specifier: match[1] ?? (isDynamic ? `<${match[2] ?? ''}>` : (match[2] ?? '')),
    isDynamic,
  }))
}
