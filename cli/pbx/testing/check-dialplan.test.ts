import { describe, expect, it } from 'vitest'
import { checkDialplan } from './check-dialplan.ts'

/** A dialplan that holds, with a step in it. */
const withStep = (step: string) => `; a remark
[one]
include = two
exten = s,1,Answer()
 same = n,${step}
 same = n,GotoIf($["\${FAXMODE}" = "x"]?end)
 same = n(end),Hangup()

[two]
exten = _[0-9].,1,Set(FAXLANE_X=\${EXTEN})
 same = n,Goto(one,s,1)
`

describe('the checker of dialplans', () => {
  it.each([
    ['Wait(4)'],
    ['Gosub(two,12,1(a,b))'],
    ['GotoIf($[${LEN(${FAXMODE})} > 0]?two,${EXTEN},1)'],
    ['GosubIf($["${FAXMODE}" = ""]?s,1)'],
    ['Set(CHANNEL(hangup_handler_push)=one,s,1)'],
    ['Dial(PJSIP/${EXTEN}@out,,b(one^s^1))'],
    ['ExecIf($["${FAXMODE}" = ""]?Set(FAXLANE_X=1))'],
    ['Set(FAXLANE_Y=${FILTER(0-9,${CALLERID(num):0:5})})'],
    ['Set(FAXLANE_X=${FAXLANE_X})'],
  ])('takes %s', (step) => {
    expect(() => checkDialplan(withStep(step))).not.toThrow()
  })

  it.each([
    ['Sett(X=1)', 'no application is called Sett'],
    ['Set(X=${SHELL(id)})', 'no function is called SHELL'],
    ['System(reboot)', 'no application is called System'],
    ['Set(X=${EXTEN)', 'is not closed'],
    ['Set(X=${EXTEN)})', 'closes nothing'],
    ['Set(X=${FILTER(0-9,${EXTEN})', 'is not closed'],
    ['Set(X=(1)', 'is not closed'],
    ['Set(X="1)', 'a quote is alone'],
    ['Set(X=5$)', 'a dollar sign'],
    ['Set(X=1;2)', 'a comment begins'],
    ['Set(X=é)', 'not printable'],
    ['Set', 'no application with brackets'],
    ['Goto(three,s,1)', 'there is no context three'],
    ['Goto(two,s,1)', 'there is no extension s'],
    ['Goto(two,12,3)', 'there is no priority 3'],
    ['GotoIf($["a" = "a"]?away)', 'there is no priority away'],
    ['Gosub(three,s,1(1))', 'there is no context three'],
    ['Set(CHANNEL(hangup_handler_push)=three,s,1)', 'there is no context three'],
    ['Dial(PJSIP/1@out,,b(three^s^1))', 'there is no context three'],
    ['ExecIf($["a" = "a"]?System(reboot))', 'no application is called System'],
    ['Set(X=${FAXLANE_NEVER})', 'FAXLANE_NEVER is read and never set'],
  ])('refuses %s', (step, problem) => {
    expect(() => checkDialplan(withStep(step))).toThrow(problem)
  })

  it.each([
    ['a context twice', '[a]\n[a]\n', 'is there twice'],
    ['an extension twice', '[a]\nexten = s,1,Hangup()\nexten = s,1,Hangup()\n', 's is there twice'],
    ['a line before the first context', 'exten = s,1,Hangup()\n', 'before the first context'],
    ['a further priority of nothing', '[a]\n same = n,Hangup()\n', 'without an extension'],
    ['an include of nothing', '[a]\ninclude = b\n', 'there is no context b'],
    ['an extension that runs out', '[a]\nexten = s,1,Answer()\n', 's runs out behind Answer'],
    ['a label that nothing jumps to', '[a]\nexten = s,1(b),Hangup()\n', 'nothing jumps to the label b'],
    ['a priority that is no first one', '[a]\nexten = s,2,Hangup()\n', 'no line of a dialplan'],
    ['arrows', '[a]\nexten => s,1,Hangup()\n', 'no line of a dialplan'],
  ])('refuses %s', (_, text, problem) => {
    expect(() => checkDialplan(text)).toThrow(problem)
  })

  it('lets a dialplan lean on contexts of the PBX', () => {
    const text = '[a]\ninclude = from-trunk\nexten = s,1,Goto(from-trunk,1,1)\n'
    expect(() => checkDialplan(text)).toThrow('there is no context from-trunk')
    expect(() => checkDialplan(text, ['from-trunk'])).not.toThrow()
  })
})
