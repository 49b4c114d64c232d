{{- /* What the operator's Pods and the one that drains have in common. */}}
{{- define "sympozium.podPlace" -}}
{{- include "sympozium.podBase" . }}
{{- with .Values.pluginImages }}
initContainers:
  {{- range $index, $source := . }}
  - name: plugins-{{ $index }}
    image: {{ $source.image | quote }}
    imagePullPolicy: {{ $source.pullPolicy | default "IfNotPresent" }}
    securityContext: {{- include "sympozium.containerSecurity" $ | nindent 6 }}
    command: [cp, -Rf, {{ printf "%s/." ($source.path | default "/plugins") | quote }}, /packages/]
    resources: { requests: { cpu: 10m, memory: 32Mi }, limits: { memory: 128Mi } }
    volumeMounts:
      - { name: packages, mountPath: /packages }
  {{- end }}
{{- end }}
volumes:
  - name: plugins
    configMap: { name: {{ include "sympozium.fullname" . }}-plugins }
  {{- with .Values.pluginsVolume }}
  - {{- toYaml (merge (dict "name" "packages") .) | nindent 4 }}
  {{- end }}
  {{- if .Values.pluginImages }}
  - name: packages
    emptyDir: { sizeLimit: 512Mi }
  {{- end }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- define "sympozium.containerBase" -}}
image: {{ include "sympozium.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext: {{- include "sympozium.containerSecurity" . | nindent 2 }}
resources: {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - { name: plugins, mountPath: /etc/sympozium, readOnly: true }
  {{- if or .Values.pluginImages .Values.pluginsVolume }}
  - { name: packages, mountPath: /plugins, readOnly: true }
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- define "sympozium.env" -}}
- name: WATCH_NAMESPACES
  value: {{ join "," .Values.watchNamespaces | quote }}
- name: POD_NAMESPACE
  valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
- name: POD_IP
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
- name: SYMPOZIUM_SERVICEACCOUNT_DIR
  value: /var/run/secrets/kubernetes.io/serviceaccount
- name: LOG_LEVEL
  value: {{ .Values.logLevel }}
- name: AGENT_IMAGE
  value: {{ include "sympozium.agentImage" . | quote }}
- name: WEB_PROXY_IMAGE
  value: {{ include "sympozium.webProxyImage" . | quote }}
- name: SYMPOZIUM_PLUGINS
  value: /etc/sympozium/plugins.yaml
- name: SYMPOZIUM_PLUGINS_DIR
  value: /plugins
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
