"""Kamailio's I- and S-CSCF: its own SIP and Diameter stacks, configured here for one home domain on the loopback."""

import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess

FOLDERS = [*filter(None, [os.environ.get("KAMAILIO_MODULES")]), "/usr/lib/x86_64-linux-gnu/kamailio/modules", "/usr/lib/kamailio/modules"]
NEEDED = {"ims_icscf": "kamailio-ims-modules", "presence": "kamailio-presence-modules", "db_sqlite": "kamailio-sqlite-modules"}
DOMAIN = "ims.example"
REALM = DOMAIN

COMMON = """#!KAMAILIO
debug=2
log_stderror=yes
children=2
listen=udp:{address}:5060
alias="{name}:5060"
alias="{name}"
{alias}
auto_aliases=no
dns=no
rev_dns=no
dns_try_naptr=no
dns_use_search_list=no
disable_tcp=yes
mpath="{mpath}"
{modules}
modparam("cdp", "config_file", "{folder}/{role}.xml")
modparam("tm", "fr_timer", 5000)
modparam("tm", "failure_reply_mode", 3)
"""

ICSCF = """
modparam("ims_icscf", "db_url", "sqlite:///{folder}/icscf.sqlite")
modparam("ims_icscf", "cxdx_dest_realm", "{realm}")
modparam("ims_icscf", "cxdx_forced_peer", "{hss}")

request_route {{
  if (!mf_process_maxfwd_header("20")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
  if (t_lookup_request()) exit;
  if (is_method("REGISTER")) {{
    if (I_scscf_select("0")) {{ route(TO_SCSCF); exit; }}
    I_scscf_drop();
    if (!I_perform_user_authorization_request("UAA", "0")) sl_send_reply("500", "UAR");
    exit;
  }}
  if (is_method("ACK")) {{ t_relay(); exit; }}
  I_perform_location_information_request("LIA", "0");
  exit;
}}
route[TO_SCSCF] {{
  t_on_reply("ANSWERED");
  if (!t_relay()) t_reply("500", "relay");
}}
onreply_route[ANSWERED] {{
  if (!t_check_status("401")) I_scscf_drop();
}}
route[UAA] {{
  if ($avp(s:uaa_return_code) == 1) {{
    if (I_scscf_select("0")) {{ route(TO_SCSCF); exit; }}
    I_scscf_drop();
    t_reply("500", "no S-CSCF");
  }} else if ($avp(s:uaa_return_code) == -2) {{
    t_reply("504", "no HSS");
  }}
  exit;
}}
route[LIA] {{
  if ($avp(lia_return_code) == 1) {{
    if (I_scscf_select("0")) {{ route(TO_SCSCF); exit; }}
    I_scscf_drop();
  }}
  t_reply("480", "nobody has the user");
  exit;
}}
"""

SCSCF = """
modparam("rr", "enable_full_lr", 1)
modparam("ctl", "binrpc", "unix:{folder}/scscf.ctl")
modparam("ims_usrloc_scscf", "timer_interval", 1)
modparam("ims_dialog", "dlg_flag", 4)
modparam("ims_auth", "name", "sip:{address}:5060")
modparam("ims_auth", "registration_default_algorithm", "AKAv1-MD5")
modparam("ims_auth", "cxdx_dest_realm", "{realm}")
modparam("ims_auth", "cxdx_forced_peer", "{hss}")
modparam("ims_registrar_scscf", "scscf_name", "sip:{address}:5060")
modparam("ims_registrar_scscf", "cxdx_dest_realm", "{realm}")
modparam("ims_registrar_scscf", "cxdx_forced_peer", "{hss}")
modparam("ims_registrar_scscf", "min_expires", 60)
modparam("ims_registrar_scscf", "default_expires", 3600)
modparam("ims_registrar_scscf", "max_expires", 7200)
modparam("ims_registrar_scscf", "subscription_default_expires", 3600)
modparam("ims_registrar_scscf", "subscription_min_expires", 60)
modparam("ims_registrar_scscf", "use_path", 1)
modparam("ims_isc", "my_uri", "{address}:5060")

request_route {{
  if (!mf_process_maxfwd_header("20")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
  if (is_method("REGISTER")) {{
    if (t_lookup_request()) exit;
    route(REGISTER);
    exit;
  }}
  if (is_method("SUBSCRIBE")) {{
    if (!t_newtran()) exit;
    if (!can_subscribe_to_reg("location")) {{ t_reply("403", "Forbidden"); exit; }}
    subscribe_to_reg("location");
    exit;
  }}
  if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
  if (has_totag()) {{ loose_route(); t_relay(); exit; }}
  if (t_lookup_request()) exit;
  loose_route();
  if (is_method("ACK")) {{ t_relay(); exit; }}
  if ($route_uri =~ "sip:orig@.*") {{
    record_route();
    $du = "sip:{icscf}:5060";
    t_relay();
    exit;
  }}
  if (!term_impu_registered("location")) {{ sl_send_reply("480", "not registered"); exit; }}
  if (!t_newtran()) exit;
  record_route();
  if (!lookup("location")) {{ t_reply("404", "nobody there"); exit; }}
  t_relay();
  exit;
}}
route[REGISTER] {{
  if (!ims_www_authenticate("{realm}")) {{
    if ($? == -2) sl_send_reply("403", "wrong response");
    else if ($? == -3) sl_send_reply("400", "bad request");
    else if ($? == -9) ims_www_resync_auth("RESYNC", "{realm}");
    else ims_www_challenge("MAA", "{realm}", "AKAv1-MD5");
    exit;
  }}
  save("SAA", "location", "0", "0");
  exit;
}}
route[RESYNC] {{ ims_www_challenge("MAA", "{realm}", "AKAv1-MD5"); exit; }}
route[MAA] {{
  if ($avp(s:maa_return_code) == -2) t_reply("504", "no HSS");
  exit;
}}
route[SAA] {{
  if ($avp(s:saa_return_code) == -2) t_reply("504", "no HSS");
  exit;
}}
"""

MODULES = {
    "icscf": "tm sl rr pv textops maxfwd siputils kex db_sqlite cdp cdp_avp ims_icscf",
    "scscf": "tm sl rr pv ctl textops textopsx maxfwd siputils kex tmx presence cdp cdp_avp ims_dialog ims_usrloc_scscf "
             "ims_registrar_scscf ims_auth ims_isc",
}

PEER = """<?xml version="1.0" encoding="UTF-8"?>
<DiameterPeer FQDN="{name}" Realm="{realm}" Vendor_Id="10415" Product_Name="CDiameterPeer" AcceptUnknownPeers="0"
  DropUnknownOnDisconnect="1" Tc="1" Workers="2" QueueLength="32" TransactionTimeout="5" SessionsHashSize="128"
  DefaultAuthSessionTimeout="3600" MaxAuthSessionTimeout="3600">
  <Peer FQDN="{hss}" Realm="{realm}" port="3868"/>
  <Acceptor port="3870" bind="{address}"/>
  <Auth id="16777216" vendor="10415"/>
  <SupportedVendor vendor="10415"/>
  <DefaultRoute FQDN="{hss}" metric="10"/>
</DiameterPeer>
"""

TABLES = """
CREATE TABLE version (table_name VARCHAR(32) PRIMARY KEY, table_version INTEGER);
CREATE TABLE nds_trusted_domains (id INTEGER PRIMARY KEY, trusted_domain VARCHAR(83));
CREATE TABLE s_cscf (id INTEGER PRIMARY KEY, name VARCHAR(83), s_cscf_uri VARCHAR(83));
CREATE TABLE s_cscf_capabilities (id INTEGER PRIMARY KEY, id_s_cscf INTEGER, capability INTEGER);
INSERT INTO version VALUES ('nds_trusted_domains', 1), ('s_cscf', 1), ('s_cscf_capabilities', 1);
INSERT INTO nds_trusted_domains VALUES (1, 'ims.example');
INSERT INTO s_cscf VALUES (1, 'first', 'sip:{scscf}:5060');
INSERT INTO s_cscf_capabilities VALUES (1, 1, 0), (2, 1, 1);
"""


def missing():
    """What is not installed, as a sentence; empty when all is."""
    if not shutil.which("kamailio"):
        return "kamailio is not installed"
    for module, package in NEEDED.items():
        if not any(os.path.exists(f"{folder}/{module}.so") for folder in FOLDERS):
            return f"{package} is not installed"
    return ""


class cscf:
    """One role in a process of its own."""

    def __init__(self, role, folder, *, address, name, hss="hss.ims.example", scscf="", icscf="", alias=""):
        self.role, self.folder, self.child = role, pathlib.Path(folder), None
        self.log = self.folder / f"{role}.log"
        facts = {"role": role, "folder": folder, "address": address, "name": name, "hss": hss, "icscf": icscf, "realm": REALM,
                 "mpath": ":".join(one + "/" for one in FOLDERS if os.path.isdir(one)), "alias": alias,
                 "modules": "\n".join(f'loadmodule "{one}.so"' for one in MODULES[role].split())}
        (self.folder / f"{role}.cfg").write_text((COMMON + {"icscf": ICSCF, "scscf": SCSCF}[role]).format(**facts))
        (self.folder / f"{role}.xml").write_text(PEER.format(**facts))
        if role == "icscf":
            with sqlite3.connect(self.folder / "icscf.sqlite") as made:
                made.executescript(TABLES.format(scscf=scscf))

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.child = subprocess.Popen(["kamailio", "-DD", "-E", "-x", "fm", "-X", "fm", "-m", "128", "-M", "16", "-w", str(self.folder), "-Y", str(self.folder),
                                           "-f", str(self.folder / f"{self.role}.cfg")], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def ask(self, *words):
        """What it answers to an RPC command; of the S-CSCF."""
        done = subprocess.run(["kamcmd", "-s", f"unix:{self.folder}/scscf.ctl", *words], capture_output=True, text=True, timeout=10)
        return done.stdout + done.stderr
