{{- define "sympozium-web-proxy.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end }}
{{- define "sympozium-web-proxy.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "sympozium-web-proxy.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "sympozium-web-proxy.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end }}
{{- /* Cluster-wide names carry the namespace, so that releases of one name in two namespaces do not meet. */}}
{{- define "sympozium-web-proxy.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "sympozium-web-proxy.fullname" .) -}}
{{- end }}
{{- define "sympozium-web-proxy.selector" -}}
app.kubernetes.io/name: {{ include "sympozium-web-proxy.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: web-proxy
{{- end }}
{{- define "sympozium-web-proxy.labels" -}}
{{- with .Values.commonLabels }}
{{- toYaml . }}
{{ end -}}
{{ include "sympozium-web-proxy.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}
{{- define "sympozium-web-proxy.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}
{{- define "sympozium-web-proxy.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end }}
{{- define "sympozium-web-proxy.subjects" -}}
- { kind: ServiceAccount, name: {{ include "sympozium-web-proxy.fullname" . }}, namespace: {{ .Release.Namespace }} }
{{- end }}
{{- define "sympozium-web-proxy.served" -}}
{{- .Values.servedNamespace | default .Release.Namespace -}}
{{- end }}
{{- define "sympozium-web-proxy.keySecret" -}}
{{- .Values.keys.existingSecret | default (printf "%s-keys" (include "sympozium-web-proxy.fullname" .)) -}}
{{- end }}
