import { showTime } from '../../core/wal/local-time.ts'

/** The IANA name of the zone whose clocks a person here reads (TZ, else the system’s). */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** An instant by the local clocks, with their zone and to the second: `2026-11-20 15:04:05+01:00`. */
export const moment = (instant: string): string =>
  showTime(instant.replace(/\.\d+(?=Z$)/, ''), localZone())

/** The same with its fraction of a second, for what may be given back to `--to`. */
export const exactMoment = (instant: string): string => showTime(instant, localZone())
