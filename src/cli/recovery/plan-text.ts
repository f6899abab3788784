import type { RecoveryTarget } from '../../contract/target.ts'
import type { RestorePlan } from '../../contract/restore.ts'
import { bytes } from '../output/bytes.ts'
import { ago } from '../output/duration.ts'
import { fields } from '../output/fields.ts'
import { exactMoment, moment } from '../output/moment.ts'
import { setBackText, windowText } from './window-text.ts'

/** What a restore would do, for people: which moment, from what, into what. */
export function restorePlanText(plan: RestorePlan, nowMs: number): string {
  const { backup, of, lineage } = plan
  const head = `Restore of ${of.project}/${of.service} to ${targetText(plan, nowMs)}`
  const taken = `taken ${moment(backup.finishedAt)} (${ago(backup.finishedAt, nowMs)})`
  const details = fields([
    ['from', `backup ${backup.id}, ${bytes(backup.sizeBytes)}, ${taken}`],
    ['replays', plan.walBytes > 0 ? `up to ${bytes(plan.walBytes)} of WAL` : 'no WAL'],
    ['into', intoText(plan)],
    ['window', windowText(plan.window)],
    ['warning', plan.ambiguous && setBackText(plan.ambiguous)],
    ['lineage', lineage],
  ])
  return [head, ...details.split('\n').map((line) => `  ${line}`)].join('\n')
}

/** The moment that is asked for, and what is known of when it was. */
export function targetText(
  { target, restoresTo }: Pick<RestorePlan, 'target' | 'restoresTo'>,
  nowMs: number,
): string {
  if (target.kind === 'time') return `${exactMoment(target.at)} (${ago(target.at, nowMs)})`
  const when = restoresTo === undefined ? '' : `, ${exactMoment(restoresTo)}`
  return `${words(target)}${when}`
}

function words(target: Exclude<RecoveryTarget, { kind: 'time' }>): string {
  switch (target.kind) {
    case 'latest':
      return 'its newest moment'
    case 'lsn':
      return `the LSN ${target.lsn}`
    case 'xid':
      return `the end of transaction ${target.xid}`
    case 'name':
      return `the restore point ${target.name}`
    case 'backup':
      return `the backup ${target.id}`
  }
}

function intoText({ into, inPlace }: RestorePlan): string {
  if (!into) return 'a new instance with --as NEW, or the place of the present one with --in-place'
  const name = `${into.project}/${into.service}`
  return inPlace ? `${name}, in place of its present state` : `${name}, a new instance`
}
