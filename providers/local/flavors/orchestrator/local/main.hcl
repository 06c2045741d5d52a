output "description" {
  description = "Where pipelines run."
  value       = "in the process that starts the pipeline"
}
