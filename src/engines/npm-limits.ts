/**
 * Extensions that npm engines have a control file for but cannot run. Tried with CREATE EXTENSION on the newest minor of 12 to 18
 * (linux-x64, packages beta.15 to beta.17): the procedural languages are linked against the Perl 5.26, Python 3.6 and Tcl 8.6 of the
 * machine that built them and ship none of the three; 12 to 15 also keep the transforms of a Python 2 that is not there. A machine may
 * happen to have Tcl 8.6, but nothing may depend on that. All other extensions of contrib work.
 */
const needsForeignLanguage =
  /^(?:(?:bool|hstore|jsonb|ltree)_)?(?:plperlu?|plpython[23]?u|pltclu?)$/

export function worksInNpmEngine(extension: string): boolean {
  return !needsForeignLanguage.test(extension)
}
