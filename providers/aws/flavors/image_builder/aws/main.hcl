variable "compute_type" {
  description = "On what machine images are built. Left out, the size says."
  type        = string
  default     = null
}

variable "build_image" {
  description = "The image that builds images: Docker and the command line of AWS."
  type        = string
  default     = "bentolor/docker-dind-awscli"
}

variable "storage" {
  description = "Where what is to be built is put, bound by the stack."
  type        = object({ uri = string })
}

variable "size" {
  description = "The environment's size: small, medium or large."
  type        = string
  default     = "small"
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  compute_types = { small = "BUILD_GENERAL1_SMALL", medium = "BUILD_GENERAL1_MEDIUM", large = "BUILD_GENERAL1_LARGE" }
  account       = data.aws_caller_identity.current.account_id
  logs          = "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.name}:${local.account}"
}

resource "aws_cloudwatch_log_group" "builds" {
  name              = "/aws/codebuild/${var.context.name}"
  retention_in_days = 30
}

resource "aws_iam_role" "builder" {
  name = "${var.context.name}-codebuild"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "codebuild.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "builder" {
  name = "write-logs"
  role = aws_iam_role.builder.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${local.logs}:log-group:${aws_cloudwatch_log_group.builds.name}:*"
    }]
  })
}

resource "aws_codebuild_project" "builder" {
  name         = var.context.name
  description  = "Builds the images that pipelines run in"
  service_role = aws_iam_role.builder.arn

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    compute_type    = coalesce(var.compute_type, local.compute_types[var.size])
    image           = var.build_image
    type            = "LINUX_CONTAINER"
    privileged_mode = true # Docker in the build needs it
  }

  logs_config {
    cloudwatch_logs {
      group_name = aws_cloudwatch_log_group.builds.name
    }
  }

  # What is built is put there, and named with each build.
  source {
    type     = "S3"
    location = "${trimprefix(var.storage.uri, "s3://")}/codebuild/"
  }
}

output "project" {
  description = "The project's name."
  value       = aws_codebuild_project.builder.name
}

output "role" {
  description = "The role's name."
  value       = aws_iam_role.builder.name
}

output "role_arn" {
  description = "The role under which images are built."
  value       = aws_iam_role.builder.arn
}
