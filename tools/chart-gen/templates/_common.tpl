{{- define "CHART.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end }}
{{- /* A name that leaves room for an ending: what is cut off of a long one counts by its hash. */}}
{{- define "CHART.short" -}}
{{- if le (len .) 50 }}{{ . }}{{ else }}{{ printf "%s-%s" (trunc 41 . | trimSuffix "-" | trimSuffix ".") (sha256sum . | trunc 8) }}{{ end -}}
{{- end }}
{{- define "CHART.fullname" -}}
{{- $name := include "CHART.name" . -}}
{{- $both := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- include "CHART.short" (.Values.fullnameOverride | default $both) -}}
{{- end }}
{{- /* Outside of the release's namespace names carry it. It has no dot, so that no two releases meet. */}}
{{- define "CHART.clusterName" -}}
{{- include "CHART.short" (printf "%s.%s" .Release.Namespace (include "CHART.fullname" .)) -}}
{{- end }}
{{- /* Labels of a component's objects: dict "root" $ "component" "…", and "extra" for those of its Pods. Ours win. */}}
{{- define "CHART.labelsOf" -}}
{{- $root := .root -}}
{{- $ours := dict
  "app.kubernetes.io/name" (include "CHART.name" $root)
  "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/component" .component
  "app.kubernetes.io/part-of" "sympozium"
  "app.kubernetes.io/version" $root.Chart.AppVersion
  "app.kubernetes.io/managed-by" $root.Release.Service
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63)
-}}
{{- toYaml (merge $ours (.extra | default dict) ($root.Values.commonLabels | default dict)) -}}
{{- end }}
{{- define "CHART.selectorOf" -}}
app.kubernetes.io/name: {{ include "CHART.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}
{{- define "CHART.labels" -}}
{{- include "CHART.labelsOf" (dict "root" . "component" (include "CHART.component" .)) -}}
{{- end }}
{{- define "CHART.selector" -}}
{{- include "CHART.selectorOf" (dict "root" . "component" (include "CHART.component" .)) -}}
{{- end }}
{{- define "CHART.registry" -}}
{{- with .Values.imageRegistry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- end }}
{{- define "CHART.image" -}}
{{- include "CHART.registry" . -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}
{{- define "CHART.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end }}
{{- /* What the chart's Pods have in common, tests among them. */}}
{{- define "CHART.podBase" -}}
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext: {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- end }}
{{- define "CHART.spread" -}}
{{- with .Values.topologySpreadConstraints }}
{{- toYaml . }}
{{- else }}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {{- include "CHART.selector" $ | nindent 6 }}
{{- end }}
{{- end }}
{{- end }}
{{- define "CHART.subjects" -}}
- { kind: ServiceAccount, name: {{ include "CHART.fullname" . }}, namespace: {{ .Release.Namespace }} }
{{- end }}
{{- /* The default's rollingUpdate may not stand beside another type. */}}
{{- define "CHART.updateStrategy" -}}
{{- $strategy := .Values.updateStrategy | default dict -}}
{{- toYaml (eq $strategy.type "RollingUpdate" | ternary $strategy (omit $strategy "rollingUpdate")) -}}
{{- end }}
{{- /* Peers of a NetworkPolicy: those given, or everybody in the cluster. */}}
{{- define "CHART.metricsFrom" -}}
{{- toYaml (.Values.networkPolicy.metricsFrom | default (list (dict "namespaceSelector" dict))) -}}
{{- end }}
{{- define "CHART.apiServerPorts" -}}
{{- range .Values.networkPolicy.apiServerPorts }}
- { port: {{ . }}, protocol: TCP }
{{- end }}
{{- end }}
{{- /* At any address, since a node's own cache may answer; OpenShift's DNS Pods listen at 5353. */}}
{{- define "CHART.dns" -}}
- ports:
    {{- range $port := list 53 5353 }}
    - { port: {{ $port }}, protocol: UDP }
    - { port: {{ $port }}, protocol: TCP }
    {{- end }}
{{- end }}
