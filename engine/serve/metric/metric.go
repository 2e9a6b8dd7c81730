// Package metric tells Prometheus what diet serve and diet watch do.
package metric

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/diet-project/diet/engine/serve/job"
)

// Metrics are the metrics of a process.
type Metrics struct {
	registry *prometheus.Registry
	jobs     *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  *prometheus.GaugeVec
	sent     *prometheus.CounterVec
	hooks    *prometheus.CounterVec
	plans    *plans
}

// New registers the metrics.
func New(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "diet_jobs_total", Help: "Jobs that ended, by kind and result: done, failed, later, cancelled.",
		}, []string{"kind", "result"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "diet_job_duration_seconds", Help: "How long jobs took, by kind.",
			Buckets: []float64{0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600},
		}, []string{"kind"}),
		running: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "diet_jobs_running", Help: "Jobs at work in this process, by kind.",
		}, []string{"kind"}),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "diet_notifications_total", Help: "Attempts to send a message, by rule and result: done, failed.",
		}, []string{"rule", "result"}),
		hooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "diet_hooks_total", Help: "Webhooks that came in, by source and result: done, refused, failed.",
		}, []string{"source", "result"}),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "diet_build_info", Help: "1, by version of diet."}, []string{"version"})
	build.WithLabelValues(version).Set(1)
	m.plans = newPlans(m.registry)
	m.registry.MustRegister(m.jobs, m.seconds, m.running, m.sent, m.hooks, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Observe counts what jobs do.
func (m *Metrics) Observe(e job.Event) {
	switch e.State {
	case job.Started:
		m.running.WithLabelValues(e.Kind).Inc()
	case job.Elsewhere:
		m.plans.observe(e.Outcome) // who did it counts it
	case job.Ended:
		m.running.WithLabelValues(e.Kind).Dec()
		m.jobs.WithLabelValues(e.Kind, string(e.Outcome.Result)).Inc()
		m.plans.observe(e.Outcome)
		m.seconds.WithLabelValues(e.Kind).Observe(e.Outcome.Finished.Sub(e.Outcome.Started).Seconds())
	}
}

// Sent counts the messages of notifications.
func (m *Metrics) Sent(rule string, err error) {
	result := "done"
	if err != nil {
		result = "failed"
	}
	m.sent.WithLabelValues(rule, result).Inc()
}

// Hooked counts webhooks.
func (m *Metrics) Hooked(source, result string) { m.hooks.WithLabelValues(source, result).Inc() }
