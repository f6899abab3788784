import { expect, test } from 'vitest'
import { EndpointOrder } from './endpoint-order.ts'

test('endpoints are asked as they were given', () => {
  expect(new EndpointOrder(['own', 'b', 'c']).at(0)).toEqual(['own', 'b', 'c'])
})

test('one that failed comes last, the latest failure behind the earlier ones', () => {
  const order = new EndpointOrder(['own', 'b', 'c'])
  order.failed('own', 1000)
  expect(order.at(1000)).toEqual(['b', 'c', 'own'])
  order.failed('b', 1001)
  expect(order.at(1002)).toEqual(['c', 'own', 'b'])
})

test('it is first again once it worked, or after a while', () => {
  const order = new EndpointOrder(['own', 'b'])
  order.failed('own', 0)
  order.works('own')
  expect(order.at(1)).toEqual(['own', 'b'])
  order.failed('own', 1)
  expect(order.at(10_000)).toEqual(['b', 'own'])
  expect(order.at(10_001)).toEqual(['own', 'b'])
})
