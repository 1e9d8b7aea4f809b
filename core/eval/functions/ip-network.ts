/**
 * Arithmetic of address blocks. Addresses are whole numbers of 32 or 128 bits; what does not fit is cut or refused
 * exactly where Terraform does it.
 */
import { numToBigInt } from '../../value/number.ts';
import { BOOL, NUMBER, STRING, listType } from '../../value/type.ts';
import { boolValue, listValue, stringValue } from '../../value/value.ts';
import type { CallError } from '../scope.ts';
import { NOT_AN_INTEGER, callError, defineFunction, integerOf, numOf, parameter, textOf } from './define.ts';
import {
  type Block,
  addressText,
  blockText,
  isVersion4,
  lastOf,
  maskOf,
  parseAddress,
  parseBlock,
} from './ip-address.ts';

const prefix = parameter('prefix', STRING);

function invalidBlock(text: string, argument?: number): CallError {
  return callError(`invalid CIDR expression: invalid CIDR address: ${text}`, argument);
}

/** Puts a number where the network's part of an address of `length` bits ends. Negative numbers flood the bits above. */
function insertNumber(block: Block, number: bigint, length: number): bigint {
  const combined = block.address | (number << BigInt(block.bits - length));
  const magnitude = combined < 0n ? -combined : combined;
  return BigInt.asUintN(block.bits, magnitude);
}

const cidrhost = defineFunction({
  name: 'cidrhost',
  parameters: [prefix, parameter('hostnum', NUMBER)],
  returns: STRING,
  call: (args) => {
    const given = numToBigInt(numOf(args, 1));
    if (given === undefined) return callError('value must be a whole number');
    const block = parseBlock(textOf(args, 0));
    if (block === undefined) return invalidBlock(textOf(args, 0));
    const most = (1n << BigInt(block.bits - block.length)) - 1n;
    const distance = given < 0n ? -given - 1n : BigInt.asIntN(64, given);
    const number = given < 0n ? most - distance : given;
    if (distance > most) {
      return callError(`prefix of ${block.length} does not accommodate a host numbered ${number}`);
    }
    const address = insertNumber(block, number, isVersion4(block) ? 32 : 128);
    return stringValue(addressText(address, block.bits));
  },
});

const cidrnetmask = defineFunction({
  name: 'cidrnetmask',
  parameters: [prefix],
  returns: STRING,
  call: (args) => {
    const block = parseBlock(textOf(args, 0));
    if (block === undefined) return invalidBlock(textOf(args, 0));
    if (!isVersion4(block)) return callError(`IPv6 addresses cannot have a netmask: ${textOf(args, 0)}`);
    return stringValue(addressText(maskOf(block.length, block.bits), block.bits));
  },
});

const cidrsubnet = defineFunction({
  name: 'cidrsubnet',
  parameters: [prefix, parameter('newbits', NUMBER), parameter('netnum', NUMBER)],
  returns: STRING,
  call: (args) => {
    const newBits = integerOf(numOf(args, 1));
    if (newBits === undefined) return callError(NOT_AN_INTEGER);
    const number = numToBigInt(numOf(args, 2));
    if (number === undefined) return callError('value must be a whole number');
    const block = parseBlock(textOf(args, 0));
    if (block === undefined) return invalidBlock(textOf(args, 0));
    const length = block.length + newBits;
    if (length > block.bits) {
      return callError(`insufficient address space to extend prefix of ${block.length} by ${newBits}`);
    }
    if (length < 0) return callError(`prefix of ${block.length} cannot be shortened by ${-newBits}`);
    const most = newBits < 0 || newBits >= 64 ? 2n ** 64n - 1n : 2n ** BigInt(newBits) - 1n;
    if (BigInt.asUintN(64, number < 0n ? -number : number) > most) {
      return callError(`prefix extension of ${newBits} does not accommodate a subnet numbered ${number}`);
    }
    return stringValue(blockText({ ...block, address: insertNumber(block, number, length), length }));
  },
});

const cidrsubnets = defineFunction({
  name: 'cidrsubnets',
  parameters: [prefix],
  variadic: parameter('newbits', NUMBER),
  returns: listType(STRING),
  call: (args) => {
    const block = parseBlock(textOf(args, 0));
    if (block === undefined) return invalidBlock(textOf(args, 0), 0);
    const subnets: string[] = [];
    let current: Block | undefined;
    for (let index = 1; index < args.length; index++) {
      const length = subnetLength(block, integerOf(numOf(args, index)), index);
      if (typeof length === 'object') return length;
      const next = nextSubnet(block, current, length);
      if (next === undefined) {
        const after = `after ${blockText(current ?? { ...block, address: maskOf(length, block.bits), length })}`;
        const space = `a subnet with a prefix of ${length} bits`;
        return callError(`not enough remaining address space for ${space} ${after}`, index);
      }
      subnets.push(blockText(next));
      current = next;
    }
    return listValue(
      STRING,
      subnets.map((subnet) => stringValue(subnet)),
    );
  },
});

function subnetLength(block: Block, newBits: number | undefined, argument: number): number | CallError {
  if (newBits === undefined) return callError(NOT_AN_INTEGER, argument);
  if (newBits < 1) return callError('must extend prefix by at least one bit', argument);
  if (newBits > 32) return callError('may not extend prefix by more than 32 bits', argument);
  const length = block.length + newBits;
  if (length <= block.bits) return length;
  const protocol = block.bits === 32 ? 'IPv4' : 'IPv6';
  return callError(`would extend prefix to ${length} bits, which is too long for an ${protocol} address`, argument);
}

/** The first block of that length after `current`, or at the start; undefined when it would leave the whole. */
function nextSubnet(whole: Block, current: Block | undefined, length: number): Block | undefined {
  const size = 1n << BigInt(whole.bits - length);
  // As in Terraform, which looks for what comes after the address before: the whole space has none.
  if (current === undefined && whole.address === 0n) return undefined;
  const start = current === undefined ? whole.address : ((lastOf(current) + size) / size) * size;
  return start > lastOf(whole) ? undefined : { ...whole, address: start, length };
}

/** Not Terraform's: OpenTofu added it, and files written for it should work. */
const cidrcontains = defineFunction({
  name: 'cidrcontains',
  parameters: [parameter('containing_prefix', STRING), parameter('contained_ip_or_prefix', STRING)],
  returns: BOOL,
  call: (args) => {
    const block = parseBlock(textOf(args, 0));
    if (block === undefined) return invalidBlock(textOf(args, 0));
    const inner = parseAddress(textOf(args, 1)) ?? parseBlock(textOf(args, 1));
    if (inner === undefined) return callError(`invalid IP address or prefix: ${textOf(args, 1)}`);
    if (isVersion4(inner) !== isVersion4(block)) {
      return callError(`address family mismatch: ${textOf(args, 0)} vs. ${textOf(args, 1)}`);
    }
    const last = 'length' in inner ? lastOf(inner as Block) : inner.address;
    return boolValue(inner.address >= block.address && last <= lastOf(block));
  },
});

export const ipNetworkFunctions = [cidrcontains, cidrhost, cidrnetmask, cidrsubnet, cidrsubnets];
