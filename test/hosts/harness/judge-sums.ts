import type { Violation } from './judge.ts'
import type { History } from './records.ts'

/** Transfers move money and make none: every snapshot has the sum of the opening balances, and the end has what the transfers explain. */
export function judgeSums({ entries, final, openingBalance }: History): Violation[] {
  const expected = final.balances.length * openingBalance
  const seen = entries.flatMap((entry) =>
    entry.kind === 'read' && entry.sum !== undefined && entry.sum !== expected
      ? [`${entry.client} read a sum of ${entry.sum} at ${entry.endMs} ms, not ${expected}`]
      : [],
  )
  const explained = final.balances.map(() => openingBalance)
  for (const { from, to, amount } of final.transfers) {
    explained[from] = (explained[from] ?? NaN) - amount
    explained[to] = (explained[to] ?? NaN) + amount
  }
  const wrong = final.balances.flatMap((balance, account) =>
    balance === explained[account]
      ? []
      : [`account ${account} holds ${balance}, but the transfers make ${explained[account]}`],
  )
  return [...seen, ...wrong].map((what) => ({ rule: 'broken-sum', what }))
}
