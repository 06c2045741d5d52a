# A project with what its builds are told.
resource "aws_iam_role" "build" {
  name = "stackwright-build-plain"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "codebuild.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_codebuild_project" "plain" {
  name           = "stackwright-build-plainly"
  description    = "plain"
  service_role   = aws_iam_role.build.arn
  build_timeout  = 30
  queued_timeout = 60

  artifacts {
    type = "NO_ARTIFACTS"
  }

  cache {
    type  = "LOCAL"
    modes = ["LOCAL_DOCKER_LAYER_CACHE", "LOCAL_SOURCE_CACHE"]
  }

  environment {
    compute_type                = "BUILD_GENERAL1_SMALL"
    image                       = "aws/codebuild/standard:7.0"
    type                        = "LINUX_CONTAINER"
    image_pull_credentials_type = "CODEBUILD"
    privileged_mode             = true

    dynamic "environment_variable" {
      for_each = { B = "2", A = "1" }
      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }

    environment_variable {
      name  = "FROM"
      type  = "PARAMETER_STORE"
      value = "/a/b"
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name  = "builds"
      stream_name = "plain"
    }
    s3_logs {
      status = "DISABLED"
    }
  }

  source {
    type      = "CODECOMMIT"
    location  = "https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/ml"
    buildspec = yamlencode({ version = "0.2", phases = { build = { commands = ["true"] } } })
  }

  tags = {
    kind = "plain"
  }
}
