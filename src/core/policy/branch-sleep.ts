/** A branch that says nothing of it sleeps after so long without clients: most are looked at for minutes and kept for days. */
export const BRANCH_SUSPEND_AFTER_MS = 5 * 60 * 1000
