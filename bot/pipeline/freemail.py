"""Mail domains anybody can register at: they say nothing about a company (DOMAIN 2.2, matching)."""

FREE_MAIL_DOMAINS = frozenset(
    {
        "126.com", "163.com", "aol.com", "bol.com.br", "comcast.net", "duck.com", "fastmail.com", "free.fr",
        "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com",
        "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.fr", "hotmail.it", "icloud.com", "laposte.net",
        "libero.it", "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "naver.com",
        "orange.fr", "outlook.com", "outlook.de", "outlook.fr", "pm.me", "proton.me", "protonmail.com",
        "qq.com", "rediffmail.com", "seznam.cz", "t-online.de", "tutanota.com", "uol.com.br", "verizon.net",
        "web.de", "wp.pl", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.com.br",
        "yahoo.de", "yahoo.fr", "yandex.ru", "ymail.com", "zoho.com",
    }
)  # fmt: skip
