#!/usr/bin/python3
"""secret-service.py [--locked]: as much of org.freedesktop.secrets as libsecret needs to store, look up and clear.

In memory, for tests; "plain" sessions only. With --locked each item is locked, and unlocking is refused. A line of
JSON on standard output for what is done: {"ready": true}, {"stored": ATTRIBUTES}, {"deleted": true}.
"""
import json
import sys

import gi
gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib    # noqa: E402

LOCKED = '--locked' in sys.argv
ROOT, COLLECTION, SESSION = (f'/org/freedesktop/secrets{tail}' for tail in ('', '/collection/test', '/session/1'))
XML = '''<node>
<interface name="org.freedesktop.Secret.Service">
  <method name="OpenSession"><arg type="s" direction="in"/><arg type="v" direction="in"/>
    <arg type="v" direction="out"/><arg type="o" direction="out"/></method>
  <method name="SearchItems"><arg type="a{ss}" direction="in"/><arg type="ao" direction="out"/><arg type="ao" direction="out"/></method>
  <method name="Unlock"><arg type="ao" direction="in"/><arg type="ao" direction="out"/><arg type="o" direction="out"/></method>
  <method name="GetSecrets"><arg type="ao" direction="in"/><arg type="o" direction="in"/>
    <arg type="a{o(oayays)}" direction="out"/></method>
  <method name="ReadAlias"><arg type="s" direction="in"/><arg type="o" direction="out"/></method>
  <property name="Collections" type="ao" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Collection">
  <method name="CreateItem"><arg type="a{sv}" direction="in"/><arg type="(oayays)" direction="in"/><arg type="b" direction="in"/>
    <arg type="o" direction="out"/><arg type="o" direction="out"/></method>
  <property name="Items" type="ao" access="read"/><property name="Label" type="s" access="read"/>
  <property name="Locked" type="b" access="read"/>
  <property name="Created" type="t" access="read"/><property name="Modified" type="t" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Item">
  <method name="Delete"><arg type="o" direction="out"/></method>
  <method name="GetSecret"><arg type="o" direction="in"/><arg type="(oayays)" direction="out"/></method>
  <property name="Attributes" type="a{ss}" access="read"/><property name="Label" type="s" access="read"/>
  <property name="Locked" type="b" access="read"/>
  <property name="Created" type="t" access="read"/><property name="Modified" type="t" access="read"/>
</interface>
<interface name="org.freedesktop.Secret.Prompt">
  <method name="Prompt"><arg type="s" direction="in"/></method>
  <signal name="Completed"><arg type="b"/><arg type="v"/></signal>
</interface></node>'''
INTERFACES = {i.name.rsplit('.')[-1]: i for i in Gio.DBusNodeInfo.new_for_xml(XML).interfaces}
items, ids = {}, iter(range(1, 1000))


def say(**what):
    print(json.dumps(what), flush=True)


def register(path, interface):
    return bus.register_object(path, INTERFACES[interface], call, get, None)


def secret(path):
    return (SESSION, b'', items[path]['value'], 'text/plain')


def find(attributes):
    return [p for p, item in items.items() if attributes.items() <= item['attributes'].items()]


def create(properties, given, replace):
    attributes = properties['org.freedesktop.Secret.Item.Attributes']
    for path in find(attributes) if replace else []:
        delete(path)
    path = f'{COLLECTION}/{next(ids)}'
    items[path] = {'attributes': attributes, 'label': properties['org.freedesktop.Secret.Item.Label'], 'value': bytes(given[2])}
    items[path]['registered'] = register(path, 'Item')
    say(stored=attributes)
    return path, '/'


def delete(path):
    bus.unregister_object(items.pop(path)['registered'])
    say(deleted=True)
    return ('/',)


def call(_bus, _sender, path, _interface, method, arguments, invocation):
    a = arguments.unpack()
    if method == 'OpenSession' and a[0] != 'plain':
        invocation.return_dbus_error('org.freedesktop.DBus.Error.NotSupported', 'plain only')
        return
    if method == 'Prompt':    # the person says no
        invocation.return_value(None)
        bus.emit_signal(None, path, 'org.freedesktop.Secret.Prompt', 'Completed',
                        GLib.Variant('(bv)', (True, GLib.Variant('ao', []))))
        return
    signature, answer = {
        'OpenSession': lambda: ('(vo)', (GLib.Variant('s', ''), SESSION)),
        'SearchItems': lambda: ('(aoao)', ([], find(a[0])) if LOCKED else (find(a[0]), [])),
        'Unlock': lambda: ('(aoo)', ([], ROOT + '/prompt/1') if LOCKED else (a[0], '/')),
        'GetSecrets': lambda: ('(a{o(oayays)})', ({p: secret(p) for p in a[0]},)),
        'ReadAlias': lambda: ('(o)', (COLLECTION,)),
        'CreateItem': lambda: ('(oo)', create(*a)),
        'Delete': lambda: ('(o)', delete(path)),
        'GetSecret': lambda: ('((oayays))', (secret(path),)),
    }[method]()
    invocation.return_value(GLib.Variant(signature, answer))


def get(_bus, _sender, path, _interface, name):
    item = items.get(path, {})
    return {
        'Collections': lambda: GLib.Variant('ao', [COLLECTION]),
        'Items': lambda: GLib.Variant('ao', list(items)),
        'Label': lambda: GLib.Variant('s', item.get('label', 'Test')),
        'Locked': lambda: GLib.Variant('b', LOCKED),
        'Attributes': lambda: GLib.Variant('a{ss}', item.get('attributes', {})),
    }.get(name, lambda: GLib.Variant('t', 0))()


bus = Gio.bus_get_sync(Gio.BusType.SESSION)
register(ROOT, 'Service')
register(COLLECTION, 'Collection')
register(ROOT + '/aliases/default', 'Collection')
register(ROOT + '/prompt/1', 'Prompt')
Gio.bus_own_name_on_connection(bus, 'org.freedesktop.secrets', Gio.BusNameOwnerFlags.NONE, lambda *_: say(ready=True), None)
GLib.MainLoop().run()
