/** What the lab does not do, said to a person: the command line prints the sentence and no stack. */
export class Refusal extends Error {
  override name = 'Refusal'
}
