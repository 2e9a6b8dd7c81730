package netbox_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/netbox"
)

// issuer makes certificates.
type issuer struct {
	*testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// newIssuer is an authority of its own.
func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{T: t}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	i.cert = ca
	i.cert, i.key = i.sign(ca)
	return i
}

// sign issues a certificate; the first one signs itself.
func (i *issuer) sign(cert *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	i.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.Fatal(err)
	}
	signer := i.key
	if signer == nil {
		signer = key
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, i.cert, key.Public(), signer)
	if err != nil {
		i.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		i.Fatal(err)
	}
	return signed, key
}

// leaf is a certificate for 127.0.0.1, or for a name, until a time.
func (i *issuer) leaf(name string, until time.Time) tls.Certificate {
	i.Helper()
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "a leaf"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		cert.IPAddresses = []net.IP{ip}
	} else {
		cert.DNSNames = []string{name}
	}
	signed, key := i.sign(cert)
	return tls.Certificate{Certificate: [][]byte{signed.Raw}, PrivateKey: key}
}

// file writes PEM blocks.
func (i *issuer) file(blocks ...*pem.Block) string {
	i.Helper()
	var text strings.Builder
	for _, b := range blocks {
		_ = pem.Encode(&text, b)
	}
	path := filepath.Join(i.TempDir(), "file.pem")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		i.Fatal(err)
	}
	return path
}

// both is a file with a certificate and its key.
func (i *issuer) both(pair tls.Certificate) string {
	i.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		i.Fatal(err)
	}
	return i.file(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, &pem.Block{Type: "PRIVATE KEY", Bytes: key})
}

// secure starts a NetBox with a certificate; it asks for one of the authority, if any.
func secure(t *testing.T, pair tls.Certificate, clients *issuer) (string, *answers) {
	t.Helper()
	a := &answers{version: "4.6.8", handle: say(200, `[]`)}
	srv := httptest.NewUnstartedServer(a)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	if clients != nil {
		srv.TLS.ClientAuth = tls.RequireAndVerifyClientCert
		srv.TLS.ClientCAs = x509.NewCertPool()
		srv.TLS.ClientCAs.AddCert(clients.cert)
	}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.URL, a
}

// Whom diet trusts, and what it says to do about a server that it does not.
func TestTLS(t *testing.T) {
	t.Parallel()
	ours, theirs := newIssuer(t), newIssuer(t)
	ca := ours.file(&pem.Block{Type: "CERTIFICATE", Bytes: ours.cert.Raw})
	good := ours.leaf("127.0.0.1", time.Now().Add(time.Hour))
	client := ours.both(ours.leaf("somebody", time.Now().Add(time.Hour)))
	for name, tc := range map[string]struct {
		pair    tls.Certificate
		clients *issuer
		tls     netbox.TLS
		hint    string // "" is no error
	}{
		"authority of the system":     {good, nil, netbox.TLS{}, "--ca"},
		"authority of a file":         {good, nil, netbox.TLS{CA: ca}, ""},
		"another authority":           {theirs.leaf("127.0.0.1", time.Now().Add(time.Hour)), nil, netbox.TLS{CA: ca}, "--ca"},
		"another name":                {ours.leaf("other.example.com", time.Now().Add(time.Hour)), nil, netbox.TLS{CA: ca}, "another name"},
		"expired":                     {ours.leaf("127.0.0.1", time.Now().Add(-time.Minute)), nil, netbox.TLS{CA: ca}, "expired"},
		"insecure":                    {theirs.leaf("x", time.Now().Add(-time.Minute)), nil, netbox.TLS{Insecure: true}, ""},
		"client certificate":          {good, ours, netbox.TLS{CA: ca, Cert: client}, ""},
		"no client certificate":       {good, ours, netbox.TLS{CA: ca}, "client_cert"},
		"stranger's client":           {good, theirs, netbox.TLS{CA: ca, Cert: client}, "client_cert"},
		"client certificate, no need": {good, nil, netbox.TLS{CA: ca, Cert: client, Key: client}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, a := secure(t, tc.pair, tc.clients)
			c, err := netbox.New(netbox.Config{URL: url, Token: token, TLS: tc.tls, RetryPause: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Update(t.Context(), "rack", []map[string]any{{"id": 1}}, netbox.Write{})
			var e *netbox.Error
			switch {
			case tc.hint == "":
				if a.count() != 1 {
					t.Errorf("%v after %d requests, want one to arrive", err, a.count())
				}
			case !errors.As(err, &e) || !errors.Is(err, netbox.ErrUnreachable):
				t.Errorf("%v, want a server that cannot be reached", err)
			case !strings.Contains(e.Hint(), tc.hint):
				t.Errorf("%v: hint %q, want one that names %q", err, e.Hint(), tc.hint)
			case a.count() != 0:
				t.Error("a request arrived")
			}
		})
	}
}

// A server without TLS at an address that begins with https.
func TestTLSPlainServer(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(&answers{version: "4.6.8"})
	t.Cleanup(srv.Close)
	c, err := netbox.New(netbox.Config{URL: strings.Replace(srv.URL, "http:", "https:", 1), Token: token, RetryPause: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	var e *netbox.Error
	if _, err := c.Probe(t.Context()); !errors.As(err, &e) || !strings.Contains(e.Hint(), "speaks no TLS") {
		t.Errorf("Probe: %v", err)
	}
}

// Files that cannot be used are told at once, not at the first request.
func TestTLSFiles(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	cert := i.file(&pem.Block{Type: "CERTIFICATE", Bytes: i.cert.Raw})
	empty := i.file()
	for want, files := range map[string]netbox.TLS{
		"holds no certificate":      {CA: empty},
		"no such file":              {CA: "none.pem"},
		"read client certificate":   {Cert: cert},
		"name the certificate that": {Key: cert},
	} {
		_, err := netbox.New(netbox.Config{URL: "https://netbox.example.com", Token: token, TLS: files})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", files, err, want)
		}
	}
}
