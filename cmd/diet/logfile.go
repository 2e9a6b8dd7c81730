package main

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// logFile is a file that lines are added to. One that was cut, as on a full disk, is not joined with the
// next: that would be lost too.
type logFile struct {
	mu   sync.Mutex
	file io.Writer
	cut  bool // what is there ends within a line
}

func openLog(name string) (*logFile, error) {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open decision log: %w", err)
	}
	return &logFile{file: file, cut: isCut(name)}, nil
}

// isCut reports whether a file ends within a line, as far as it can be read.
func isCut(name string) bool {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false
	}
	file, err := os.Open(name)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	var last [1]byte
	_, err = file.ReadAt(last[:], info.Size()-1)
	return err == nil && last[0] != '\n'
}

// Write is called with whole lines.
func (l *logFile) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := line
	if l.cut {
		text = append([]byte{'\n'}, line...)
	}
	n, err := l.file.Write(text)
	if n > 0 {
		l.cut = text[n-1] != '\n'
	}
	return max(n-(len(text)-len(line)), 0), err
}
