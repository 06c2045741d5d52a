output "description" {
  description = "Where images are built."
  value       = "by the Docker on this machine"
}
