/** A position in the WAL as a number that can be compared (`16/B374D848`: both halves hexadecimal). */
export function lsnOf(text: string): bigint {
  const [high, low] = text.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}
