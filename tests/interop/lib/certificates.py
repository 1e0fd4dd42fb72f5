"""A throw-away authority and a server certificate, made by openssl for one test."""

import pathlib
import subprocess


def make(folder, name="ims.example", addresses=("127.0.0.1",)):
    """(ca, certificate chain, key) as paths; the certificate is for the name and the addresses."""
    folder = pathlib.Path(folder)
    ca, ca_key, request, certificate, key = (folder / file for file in ("ca.pem", "ca.key", "server.csr", "server.pem", "server.key"))
    alternatives = ",".join([f"DNS:{name}"] + [f"IP:{one}" for one in addresses])
    _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", ca_key, "-out", ca, "-days", "2", "-subj", "/CN=Test authority")
    _openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
    (folder / "server.ext").write_text(f"subjectAltName={alternatives}\nbasicConstraints=CA:FALSE\n")
    _openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-out", certificate, "-days", "2",
             "-extfile", folder / "server.ext")
    return str(ca), str(certificate), str(key)


def _openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
