variable "repository" {
  description = "The repository's name. Left out: STACK-ENVIRONMENT-NAME."
  type        = string
  default     = null
}

variable "keep_images" {
  description = "How many images without a tag are kept."
  type        = number
  default     = 20
}

variable "on_destroy" {
  description = "What happens to images when the registry is destroyed: fail_if_not_empty or purge."
  type        = string
  default     = "fail_if_not_empty"
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

resource "aws_ecr_repository" "images" {
  name         = coalesce(var.repository, var.context.name)
  force_delete = var.on_destroy == "purge"

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_lifecycle_policy" "images" {
  repository = aws_ecr_repository.images.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Images without a tag, but for the newest"
      selection = {
        tagStatus   = "untagged"
        countType   = "imageCountMoreThan"
        countNumber = var.keep_images
      }
      action = { type = "expire" }
    }]
  })
}

output "repository" {
  description = "The repository's name."
  value       = aws_ecr_repository.images.name
}

output "repository_arn" {
  description = "The repository's ARN."
  value       = aws_ecr_repository.images.arn
}

output "registry" {
  description = "The registry that the repository lies in."
  value       = split("/", aws_ecr_repository.images.repository_url)[0]
}

output "uri" {
  description = "Where images are pushed to and pulled from."
  value       = aws_ecr_repository.images.repository_url
}

output "name" {
  description = "What the component is called in the account."
  value       = var.context.name
}
