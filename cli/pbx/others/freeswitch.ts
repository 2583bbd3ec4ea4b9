import type { PbxSite } from '../../../shared/routing-table/pbx-table.ts'
import { attribute, comment } from '../gateways/xml.ts'
import { type GeneratedFile, headerLines, withHeader } from '../generated-file.ts'

const FOLDER = '$${storage_dir}/faxlane'
const SCRIPT = 'faxlane.lua'

/** An extension that receives, and what runs when the call is over, whichever side ended it. */
export function freeswitchFiles(site: PbxSite): GeneratedFile[] {
  return [
    { path: 'faxlane.xml', text: dialplan(site) },
    {
      path: SCRIPT,
      text: withHeader(
        '--',
        {
          site: site.name,
          where: `/usr/share/freeswitch/scripts/${SCRIPT} (the folder that $\${script_dir} names)`,
          once: ['mod_lua and mod_spandsp have to be loaded', 'usermod -aG faxlane-edge freeswitch'],
          reload: 'nothing: it is read for each fax',
        },
        LUA,
      ),
    },
  ]
}

function dialplan(site: PbxSite): string {
  const about = headerLines({
    site: site.name,
    where: '/etc/freeswitch/dialplan/public/05_faxlane.xml (the context that calls from outside come in by)',
    once: [
      `the folder for faxes under way: install -d -o freeswitch -g freeswitch -m 750 "$(fs_cli -x 'global_getvar storage_dir')/faxlane"`,
    ],
    reload: "fs_cli -x 'reloadxml'",
  })
  // The hook is told variables alone. What FreeSWITCH knows of the call otherwise has to become one.
  const settings = [
    `api_hangup_hook=lua ${SCRIPT}`,
    `faxlane_from=\${caller_id_number}`,
    `faxlane_name=\${caller_id_name}`,
    `faxlane_to=\${destination_number}`,
    `faxlane_file=${FOLDER}/\${uuid}.tif`,
    'fax_enable_t38=true',
    'fax_enable_t38_request=true',
    `fax_use_ecm=${site.ecm}`,
    ...(site.stationId === undefined ? [] : [`fax_ident=${site.stationId}`]),
    ...(site.header === undefined ? [] : [`fax_header=${site.header}`]),
  ]
  const actions = [
    ...settings.map((setting) => action('set', setting)),
    action('answer', ''),
    action('playback', 'silence_stream://2000'),
    action('sched_hangup', '+5400 allotted_timeout'),
    action('rxfax', `${FOLDER}/\${uuid}.tif`),
    action('hangup', ''),
  ]
  return `${comment(about)}<include>
  <extension name="faxlane-${site.name}">
    <condition field="destination_number"${attribute('expression', numbersOf(site))}>
${actions.join('')}    </condition>
  </extension>
</include>
`
}

function action(application: string, data: string): string {
  const given = data === '' ? '' : attribute('data', data)
  return `      <action application="${application}"${given}/>\n`
}

/** Exactly these numbers. One that nobody can dial, where the table names none. */
function numbersOf({ direct }: PbxSite): string {
  const escaped = direct.map((number) => number.replaceAll(/[+*]/g, '\\$&'))
  return `^(${escaped.length === 0 ? 'no-number-in-the-table' : escaped.join('|')})$`
}

/**
 * The hook gets the channel's variables as data. Lua has no way to start a program without a shell, so each word is quoted for it, and a
 * number $(reboot) stays a word. The TIFF is deleted only when the agent has a copy.
 */
const LUA = `local function quoted(text)
  return "'" .. string.gsub(text, "'", "'\\\\''") .. "'"
end

local function variable(name)
  return env:getHeader(name) or env:getHeader("variable_" .. name) or ""
end

local file = variable("faxlane_file")
local tiff = io.open(file, "rb")
if tiff == nil then
  -- No page came: there is nothing to hand over.
  return
end
tiff:close()

-- Set by rxfax. Pages that came before the call broke off are a fax as well, and known as a partial one.
local failure = ""
if variable("fax_success") == "0" then
  failure = variable("fax_result_text")
  if failure == "" then failure = "fax_success=0" end
end

local words = {
  "faxlane-edge", "submit",
  quoted("--from=" .. variable("faxlane_from")),
  quoted("--name=" .. variable("faxlane_name")),
  quoted("--to=" .. variable("faxlane_to")),
  quoted("--station-id=" .. variable("fax_remote_station_id")),
  quoted("--error=" .. failure),
  quoted("--call-id=" .. variable("uuid")),
  quoted("--received-at=" .. os.date("!%Y-%m-%dT%H:%M:%SZ")),
  "--", quoted(file),
}
local result = os.execute(table.concat(words, " "))
if result == true or result == 0 then
  os.remove(file)
else
  freeswitch.consoleLog("err", "faxlane-edge did not take " .. file .. ": it stays there\\n")
end
`
