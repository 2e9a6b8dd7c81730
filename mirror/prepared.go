package mirror

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/jmoiron/sqlx"
)

// keptStatements is how many statements a connection keeps: more than diet has for the
// kinds that it works with.
const keptStatements = 512

// connector opens connections that keep what they compiled. A sync, a diff and an apply
// run the same few hundred statements again and again, and to compile one takes longer
// than to run it on a small mirror.
type connector struct {
	driver driver.Driver
	name   string
}

// keepStatements is a database whose connections keep their statements.
func keepStatements(name string) (*sqlx.DB, error) {
	db, err := anew(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	return sqlx.NewDb(sql.OpenDB(connector{db.Driver(), name}), "sqlite"), nil
}

// Connect implements [driver.Connector].
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.driver.Open(c.name)
	if err != nil {
		return nil, err
	}
	if _, err := opened.(driver.ExecerContext).ExecContext(ctx, rowTable, nil); err != nil {
		_ = opened.Close()
		return nil, err
	}
	return &conn{connection: opened.(connection), idle: map[string]statement{}}, nil
}

// Driver implements [driver.Connector].
func (c connector) Driver() driver.Driver { return c.driver }

// connection is what is used of SQLite's. It does not run text by itself, so that
// database/sql prepares every statement.
type connection interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// conn is a connection with the statements that nobody uses at the moment, by their text.
type conn struct {
	connection
	idle map[string]statement
}

// statement is what is used of SQLite's. It compiles itself again where the tables changed.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// lent is a statement in use.
type lent struct {
	statement
	conn *conn
	text string
}

// PrepareContext implements [driver.ConnPrepareContext].
func (c *conn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if st, kept := c.idle[text]; kept {
		delete(c.idle, text)
		return &lent{st, c, text}, nil
	}
	st, err := c.connection.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &lent{st.(statement), c, text}, nil
}

// Close gives the statement back. Where its like was compiled twice, too many are kept, or
// the connection is closed, it is dropped.
func (l *lent) Close() error {
	if _, twice := l.conn.idle[l.text]; twice || len(l.conn.idle) >= keptStatements || l.conn.idle == nil {
		return l.statement.Close()
	}
	l.conn.idle[l.text] = l.statement
	return nil
}

// Close drops all statements, and closes the connection.
func (c *conn) Close() error {
	for _, st := range c.idle {
		_ = st.Close() // SQLite reports again what the last use of it reported
	}
	c.idle = nil
	return c.connection.Close()
}
