package netbox

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
)

// TLS says how to check NetBox's certificate, and how to prove who diet is.
type TLS struct {
	// CA is a PEM file with the certificates of authorities to trust besides the system's.
	// The system's are those of SSL_CERT_FILE and SSL_CERT_DIR, where they are set.
	CA string

	// Cert and Key are PEM files: the certificate that diet shows to a server that asks for
	// one, and its key. Key may be left out if Cert holds both.
	Cert, Key string

	// Insecure accepts any certificate: whoever is on the way can read the token.
	Insecure bool
}

// client is the configuration for connections, nil if nothing is set.
func (t TLS) client() (*tls.Config, error) {
	if t == (TLS{}) {
		return nil, nil
	}
	out := &tls.Config{InsecureSkipVerify: t.Insecure} //nolint:gosec // asked for by name, and said aloud
	if t.CA != "" {
		roots, err := authorities(t.CA)
		if err != nil {
			return nil, err
		}
		out.RootCAs = roots
	}
	switch {
	case t.Cert == "" && t.Key != "":
		return nil, errors.New("client key: name the certificate that it belongs to as well")
	case t.Cert != "":
		pair, err := tls.LoadX509KeyPair(t.Cert, cmp.Or(t.Key, t.Cert))
		if err != nil {
			return nil, fmt.Errorf("read client certificate %s: %w", t.Cert, err)
		}
		out.Certificates = []tls.Certificate{pair}
	}
	return out, nil
}

// authorities are the system's and those of a PEM file.
func authorities(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read CA certificates: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read CA certificates: %s holds no certificate in PEM format", file)
	}
	return roots, nil
}

// tlsHint is how to mend a TLS connection that failed, "" if that was not the reason.
func tlsHint(err error) string {
	var (
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
		ended    *net.OpError
	)
	switch {
	case errors.As(err, &unknown):
		return "if the certificate is signed by an authority of your own, name its PEM file by --ca, NETBOX_CA or netbox.ca in diet.yaml; " +
			"SSL_CERT_FILE replaces the system's"
	case errors.As(err, &hostname):
		return "the certificate is for another name: set the URL to a name that it holds"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has expired or is not valid yet: renew it, or set this machine's clock"
	case errors.As(err, &invalid):
		return "NetBox's certificate is not valid for a server: have it issued anew"
	case errors.Is(err, http.ErrSchemeMismatch):
		return "the server speaks no TLS at this address: is the URL's scheme http, or the port another?"
	case errors.As(err, &ended) && ended.Op == "remote error": // as crypto/tls names an alert
		return "the server ended the TLS handshake: if it asks for a client certificate, name one that it accepts " +
			"by netbox.client_cert and netbox.client_key in diet.yaml"
	}
	return ""
}
