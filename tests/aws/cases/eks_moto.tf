# A cluster and a group of nodes, with all that they say. moto does not tell what becomes of updates, so only tags change.
# steps: 2
data "aws_iam_policy_document" "trust" {
  for_each = { cluster = "eks", nodes = "ec2" }
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.value}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "each" {
  for_each           = data.aws_iam_policy_document.trust
  name               = "stackwright-eks-${each.key}"
  assume_role_policy = each.value.json
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.each["cluster"].name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_vpc" "net" {
  cidr_block = "10.80.0.0/16"
}

resource "aws_subnet" "each" {
  for_each          = { a = 0, b = 1 }
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, each.value)
  availability_zone = "eu-central-1${each.key}"
}

resource "aws_kms_key" "secrets" {
  deletion_window_in_days = 7
}

resource "aws_eks_cluster" "ml" {
  name                      = "stackwright-moto"
  role_arn                  = aws_iam_role.each["cluster"].arn
  version                   = "1.30"
  enabled_cluster_log_types = ["audit", "api"]

  vpc_config {
    subnet_ids              = [for subnet in aws_subnet.each : subnet.id]
    endpoint_private_access = true
    public_access_cidrs     = ["203.0.113.0/24"]
  }

  encryption_config {
    provider {
      key_arn = aws_kms_key.secrets.arn
    }
    resources = ["secrets"]
  }

  kubernetes_network_config {
    service_ipv4_cidr = "172.20.0.0/16"
  }

  tags = {
    step = tostring(local.step)
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_eks_node_group" "gpu" {
  cluster_name    = aws_eks_cluster.ml.name
  node_group_name = "gpu"
  node_role_arn   = aws_iam_role.each["nodes"].arn
  subnet_ids      = aws_eks_cluster.ml.vpc_config[0].subnet_ids
  ami_type        = "AL2_x86_64_GPU"
  capacity_type   = "SPOT"
  disk_size       = 100
  instance_types  = ["g5.xlarge", "g4dn.xlarge"]

  scaling_config {
    min_size     = 0
    desired_size = 1
    max_size     = 2
  }

  labels = {
    pool = "gpu"
  }

  # moto makes this up where it is left out.
  remote_access {
    ec2_ssh_key = "eksKeypair"
  }

  lifecycle {
    ignore_changes = [scaling_config[0].desired_size]
  }
}

data "aws_eks_cluster" "ml" {
  name       = aws_eks_cluster.ml.name
  depends_on = [aws_eks_node_group.gpu]
}
